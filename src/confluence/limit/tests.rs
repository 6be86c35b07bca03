//! The governor, with the clock paused and a site that is a function.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;

use super::state::News;
use super::{
    Applicant, Arc, Duration, Governor, Hints, Instant, Lane, Permit, Priority, Quota, Refusal, Sign,
};

const SECOND: Duration = Duration::from_secs(1);

fn governor() -> Arc<Governor> {
    Governor::new("team.example".to_owned(), 64)
}

fn caller(lane: u64, patience: Duration) -> Applicant {
    Applicant {
        lane: Lane(lane),
        priority: Priority::Interactive,
        again: false,
        by: Instant::now() + patience,
    }
}

/// Lets one through who has time, or fails the test.
async fn permit(governor: &Arc<Governor>) -> Permit {
    governor.admit(caller(1, 60 * SECOND)).await.expect("a permit")
}

async fn refused(governor: &Arc<Governor>, wait: u32) {
    permit(governor)
        .await
        .settle(Sign::Limited(Some(wait * SECOND)), &Hints::default());
}

async fn took_down(governor: &Arc<Governor>) {
    for _ in 0..5 {
        permit(governor).await.settle(Sign::Down, &Hints::default());
    }
}

#[tokio::test(start_paused = true)]
async fn a_fresh_site_is_not_slowed() {
    let governor = governor();
    let begun = Instant::now();
    let permits = join_all((0..16).map(|_| permit(&governor))).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let mut next = Box::pin(permit(&governor));
    assert!(futures_util::poll!(&mut next).is_pending(), "the slots are taken");
    drop(permits);
    next.await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nobody_goes_before_the_wait_is_over() {
    let governor = governor();
    refused(&governor, 7).await;
    let begun = Instant::now();
    join_all((0..5).map(|_| permit(&governor))).await;
    assert!(begun.elapsed() >= 7 * SECOND, "{:?}", begun.elapsed());
    assert!(begun.elapsed() < 10 * SECOND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn those_who_cannot_wait_so_long_are_told_at_once() {
    let governor = governor();
    let held: Vec<_> = join_all((0..16).map(|_| permit(&governor))).await;
    let begun = Instant::now();
    let (hasty, patient) = (
        governor.admit(caller(1, 5 * SECOND)),
        governor.admit(caller(1, 30 * SECOND)),
    );
    let told = async {
        tokio::time::sleep(SECOND).await;
        for permit in held {
            permit.settle(Sign::Limited(Some(10 * SECOND)), &Hints::default());
        }
    };
    let hasty = async { (hasty.await, begun.elapsed()) };
    let ((hasty, after), patient, ()) = futures_util::join!(hasty, patient, told);
    assert!(
        matches!(hasty, Err(Refusal::Limited { wait }) if wait == 10 * SECOND),
        "{hasty:?}"
    );
    assert_eq!(after, SECOND, "who waits is told when the pause begins");
    assert!(patient.is_ok() && begun.elapsed() >= 11 * SECOND);
    refused(&governor, 60).await;
    let late = governor.admit(caller(1, 40 * SECOND)).await.unwrap_err();
    assert!(matches!(late, Refusal::Limited { wait } if wait == 60 * SECOND));
    assert_eq!(governor.held_back(Instant::now() + 40 * SECOND), Some(late));
    assert_eq!(governor.held_back(Instant::now() + 70 * SECOND), None);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_a_wait_is_waited_out_longer_each_time() {
    let governor = governor();
    let mut waits = Vec::new();
    for _ in 0..6 {
        let granted = permit(&governor).await;
        granted.settle(Sign::Limited(None), &Hints::default());
        waits.push(governor.pause().expect("a pause").as_secs_f64());
        tokio::time::sleep(60 * SECOND).await;
    }
    for (wait, middle) in waits.iter().zip([2.0, 4.0, 8.0, 16.0, 30.0, 30.0]) {
        assert!((middle * 0.69..middle * 1.31).contains(wait), "{waits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_absurd_wait_is_not_believed() {
    let governor = governor();
    permit(&governor).await.settle(
        Sign::Limited(Some(Duration::from_secs(u64::MAX))),
        &Hints::default(),
    );
    assert_eq!(governor.pause().expect("a pause"), 3600 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_pause_began_tells_nothing_new() {
    let governor = governor();
    let held: Vec<_> = join_all((0..8).map(|_| permit(&governor))).await;
    tokio::time::advance(Duration::from_millis(10)).await;
    let news: Vec<News> = held
        .iter()
        .map(|permit| {
            let sign = Sign::Limited(Some(SECOND));
            governor.within(|state, now| state.settle(false, permit.since, sign, &Hints::default(), now))
        })
        .collect();
    assert_eq!(news.iter().filter(|news| news.paused.is_some()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_site_that_is_down_is_asked_seldom_and_noticed_when_it_is_back() {
    let governor = governor();
    let (sent, served) = (AtomicU32::new(0), AtomicU32::new(0));
    let begun = Instant::now();
    let back = begun + 60 * SECOND;
    // Forty callers who come back every second for two minutes.
    join_all((0..40).map(|lane| {
        let (governor, sent, served) = (&governor, &sent, &served);
        async move {
            while begun.elapsed() < 120 * SECOND {
                if let Ok(permit) = governor.admit(caller(lane, 40 * SECOND)).await {
                    sent.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let alive = Instant::now() >= back;
                    if alive {
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                    let sign = if alive { Sign::Alive } else { Sign::Down };
                    permit.settle(sign, &Hints::default());
                }
                tokio::time::sleep(SECOND).await;
            }
        }
    }))
    .await;
    let (sent, served) = (sent.into_inner(), served.into_inner());
    assert!(
        sent - served <= 16 + 8,
        "{} requests to a dead site",
        sent - served
    );
    assert!(served > 40 * 20, "{served} requests after it came back");
}

#[tokio::test(start_paused = true)]
async fn while_a_site_is_down_callers_hear_of_it_soon() {
    let governor = governor();
    took_down(&governor).await;
    let begun = Instant::now();
    let probe = permit(&governor).await;
    assert!(
        (SECOND..2 * SECOND).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let refusal = governor.admit(caller(1, 40 * SECOND)).await.unwrap_err();
    assert_eq!(refusal, Refusal::Down { wait: 3 * SECOND });
    assert_eq!(begun.elapsed(), 3 * SECOND, "the probe takes long");
    probe.settle(Sign::Down, &Hints::default());
    let refusal = governor.admit(caller(1, SECOND)).await.unwrap_err();
    assert!(
        matches!(refusal, Refusal::Down { wait } if wait >= 2 * SECOND),
        "{refusal:?}"
    );
    tokio::time::sleep(3 * SECOND).await;
    permit(&governor).await.settle(Sign::Alive, &Hints::default());
    join_all((0..2).map(|_| permit(&governor))).await;
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_given_up_makes_room_for_another() {
    let governor = governor();
    took_down(&governor).await;
    drop(permit(&governor).await);
    let begun = Instant::now();
    permit(&governor).await.settle(Sign::Alive, &Hints::default());
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_rate_is_a_sign_of_life() {
    let governor = governor();
    for _ in 0..20 {
        permit(&governor)
            .await
            .settle(Sign::Limited(Some(SECOND)), &Hints::default());
        permit(&governor).await.settle(Sign::Down, &Hints::default());
    }
    assert_eq!(governor.held_back(Instant::now() + 60 * SECOND), None);
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_gives_its_slot_back() {
    let governor = governor();
    for _ in 0..100 {
        let held: Vec<_> = join_all((0..16).map(|_| permit(&governor))).await;
        let mut waiting: Vec<_> = (0..50).map(|_| Box::pin(permit(&governor))).collect();
        for waiting in &mut waiting {
            assert!(futures_util::poll!(waiting).is_pending());
        }
        // Some are let through and never look.
        drop(held);
        drop(waiting);
    }
    join_all((0..16).map(|_| permit(&governor))).await;
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_share_an_account_take_turns_and_callers_go_before_background_work() {
    let governor = governor();
    let held: Vec<_> = join_all((0..16).map(|_| permit(&governor))).await;
    let order = std::sync::Mutex::new(String::new());
    let one = |name: char, lane, priority| {
        let (governor, order) = (&governor, &order);
        let applicant = Applicant {
            priority,
            ..caller(lane, 60 * SECOND)
        };
        async move {
            let permit = governor.admit(applicant).await.expect("a permit");
            order.lock().unwrap().push(name);
            permit.settle(Sign::Alive, &Hints::default());
        }
    };
    let mut waiting: Vec<_> = (0..2).map(|_| one('b', 3, Priority::Background)).collect();
    waiting.extend((0..4).map(|_| one('x', 1, Priority::Interactive)));
    waiting.extend((0..2).map(|_| one('y', 2, Priority::Interactive)));
    let mut waiting = Box::pin(join_all(waiting));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    // One slot becomes free, and is handed on each time.
    let mut held = held.into_iter();
    drop(held.next());
    waiting.await;
    assert_eq!(*order.lock().unwrap(), "xyxyxxbb");
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses() {
    let governor = governor();
    let _held: Vec<_> = join_all((0..16).map(|_| permit(&governor))).await;
    let mut waiting: Vec<_> = (0..2048).map(|_| Box::pin(permit(&governor))).collect();
    for waiting in &mut waiting {
        assert!(futures_util::poll!(waiting).is_pending());
    }
    let refusal = governor.admit(caller(1, 60 * SECOND)).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Limited { wait } if wait == SECOND));
    waiting.truncate(2047);
    let late = governor.admit(caller(1, SECOND)).await.unwrap_err();
    assert_eq!(late, Refusal::Late, "there was room to wait");
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_runs_out_is_made_to_last_and_one_that_is_used_up_is_waited_for() {
    let governor = governor();
    let quota = Quota {
        requests: 100,
        window: 60 * SECOND,
        announced: true,
    };
    let near = Hints {
        remaining: Some(10),
        reset: Some(10 * SECOND),
        near: true,
        quota: Some(quota),
        ..Hints::default()
    };
    permit(&governor).await.settle(Sign::Alive, &near);
    let begun = Instant::now();
    for _ in 0..6 {
        drop(permit(&governor).await);
    }
    assert!(begun.elapsed() > 4 * SECOND, "{:?}", begun.elapsed());
    let gone = Hints {
        remaining: Some(0),
        reset: Some(20 * SECOND),
        ..near
    };
    permit(&governor).await.settle(Sign::Alive, &gone);
    let refusal = governor.admit(caller(1, 5 * SECOND)).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Limited { .. }), "{refusal:?}");
    assert_eq!(governor.quota(), Some(quota));
}

/// A site with a token bucket, fifty agents, and nothing but the governor between them.
#[tokio::test(start_paused = true)]
async fn fifty_agents_against_ten_requests_a_second_waste_little() {
    let governor = governor();
    let begun = Instant::now();
    let bucket = std::sync::Mutex::new((10.0, begun));
    let (refused, served) = (AtomicU32::new(0), AtomicU32::new(0));
    join_all((0..50).map(|_| async {
        for _ in 0..20 {
            loop {
                let permit = governor.admit(caller(1, 40 * SECOND)).await.expect("in time");
                tokio::time::sleep(Duration::from_millis(30)).await;
                let taken = {
                    let mut bucket = bucket.lock().unwrap();
                    let now = Instant::now();
                    bucket.0 = f64::min(bucket.0 + (now - bucket.1).as_secs_f64() * 10.0, 10.0);
                    bucket.1 = now;
                    let taken = bucket.0 >= 1.0;
                    bucket.0 -= if taken { 1.0 } else { 0.0 };
                    taken
                };
                if taken {
                    permit.settle(Sign::Alive, &Hints::default());
                    served.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                permit.settle(Sign::Limited(Some(SECOND)), &Hints::default());
                refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }))
    .await;
    assert_eq!(served.into_inner(), 1000);
    let refused = refused.into_inner();
    assert!(refused <= 30, "{refused} of 1000");
    let taken = begun.elapsed();
    assert!(taken < 125 * SECOND, "{taken:?} instead of 99 s");
}
