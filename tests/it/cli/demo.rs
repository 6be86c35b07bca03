//! `conflagent demo` prints what to try. All of it works, as it is printed.

use std::process::{Command, Stdio};

use crate::process::{Process, found};
use crate::support::{Answer, caller};

/// Starts it and waits for all it has to say: its last line is the address of the landing page.
async fn introduced(deployment: &str) -> (Process, String) {
    let process = Process::start(&["demo", "--listen", "127.0.0.1:0", "--deployment", deployment]);
    let text = found("the introduction", || {
        let text = process.out();
        let last = text.lines().rfind(|line| !line.is_empty())?.trim();
        let whole = text.ends_with('\n') && last.starts_with("http://") && !last.contains(' ');
        whole.then_some(text)
    })
    .await;
    (process, text)
}

/// The words of a line, as a shell splits it: quotes, and the two variables.
fn words(line: &str, base: &str, authorization: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    for character in line.chars() {
        match quote {
            None if character == ' ' => words.extend(word.take()),
            None if matches!(character, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            Some(open) if open == character => quote = None,
            _ => {
                let shielded = if quote == Some('\'') && character == '$' {
                    '\u{0}'
                } else {
                    character
                };
                word.get_or_insert_default().push(shielded);
            }
        }
    }
    words.extend(word);
    words
        .iter()
        .map(|word| {
            word.replace("$BASE", base)
                .replace("$AUTH", authorization)
                .replace('\u{0}', "$")
        })
        .collect()
}

/// Sends what a line of curl would.
#[expect(clippy::disallowed_methods, reason = "the ban is on calls to Confluence")]
async fn sent(words: &[String]) -> Answer {
    let (mut method, mut address, mut body) = (None, None, None);
    let mut headers = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-H" => headers.push(
                words
                    .next()
                    .expect("a header")
                    .split_once(": ")
                    .expect("a header"),
            ),
            "-X" => method = words.next().cloned(),
            "-d" => body = words.next().cloned(),
            word => {
                assert!(word.starts_with("http://"), "not a flag this test knows: {word}");
                address = Some(word.to_owned());
            }
        }
    }
    let implied = if body.is_some() { "POST" } else { "GET" };
    let method = method.as_deref().unwrap_or(implied).parse().expect("a method");
    let mut request = caller().request(method, address.expect("an address"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if let Some(body) = body {
        request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
    }
    Answer::of(request.send().await.expect("an answer")).await
}

fn has_curl() -> bool {
    let mut curl = Command::new("curl");
    let quiet = curl.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

async fn works_as_printed(deployment: &str) {
    let (process, text) = introduced(deployment).await;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let variable = |name: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(name));
        line.expect("a variable").trim_matches('\'').to_owned()
    };
    let (base, authorization) = (variable("BASE="), variable("AUTH="));
    let curls: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| line.starts_with("curl "))
        .collect();
    assert!(curls.len() >= 10, "{text}");
    for line in &curls {
        let answer = sent(&words(&line["curl ".len()..], &base, &authorization)).await;
        assert_eq!(answer.status, 200, "{line}\n{}", answer.text);
    }
    let landing = lines
        .iter()
        .rfind(|line| !line.is_empty())
        .expect("the last line");
    let answer = sent(&[(*landing).to_owned()]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("<html"), "{}", answer.text);

    // Once more, through a shell: everything that was made is gone, so that it can be made again.
    if has_curl() {
        let script: Vec<&str> = lines
            .iter()
            .copied()
            .filter(|line| {
                ["curl ", "BASE=", "AUTH="]
                    .iter()
                    .any(|start| line.starts_with(start))
            })
            .collect();
        let script = script.join("\n");
        let quiet =
            "curl() { command curl -q -sS --noproxy '*' -o /dev/null -w '%{http_code}\\n' \"$@\"; }\n";
        let output = Command::new("sh")
            .args(["-c", &format!("{quiet}{script}")])
            .output()
            .expect("a shell");
        let statuses = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            statuses,
            "200\n".repeat(curls.len()),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    process.signal("TERM");
    assert_eq!(process.ended().await.code, Some(0));
}

#[tokio::test]
async fn works_as_printed_on_cloud() {
    works_as_printed("cloud").await;
}

#[tokio::test]
async fn works_as_printed_on_data_center() {
    works_as_printed("datacenter").await;
}

#[test]
fn words_are_split_as_a_shell_does() {
    let split = words(r#"-H "$AUTH" $BASE/a '{"b": "$BASE \n"}' """#, "http://x", "Y: z");
    assert_eq!(split, ["-H", "Y: z", "http://x/a", r#"{"b": "$BASE \n"}"#, ""]);
}
