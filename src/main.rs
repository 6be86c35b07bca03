//! Flags in, one command run, exit code out.

fn main() -> std::process::ExitCode {
    conflagent::cli::main()
}
