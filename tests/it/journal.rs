//! The journal: chained as it is written, signed soon after, and whatever is done to it is found.

mod outside;
mod page;
pub mod tamper;

use otklik::{
    config::settings,
    domain::{
        id::Ids,
        journal::{
            check::{Broken, Figures, Verifier, What},
            key::SigningKey,
        },
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        audit::{self, AuditKind, Entry},
    },
    work::{
        Tick, Work,
        journal::{Journal, witness},
    },
};

use crate::{
    harness::{START, TestStore},
    on_each_database,
};
use tamper::Hand;

fn key() -> SigningKey {
    SigningKey::from_secret("the journal's key of every story")
}

fn entry(subject: &str) -> Entry<'_> {
    Entry {
        who: "vershinina",
        kind: AuditKind::Viewed,
        subject,
        detail: "3 posts",
    }
}

async fn note(store: &Store, ids: &Ids, subject: &str) {
    let mut tx = store.write(Priority::Person).await.unwrap();
    audit::append(&mut tx, ids, START, &entry(subject))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn sign(store: &Store) {
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    assert!(audit::sign(&mut tx, &key(), START).await.unwrap().is_some());
    tx.commit().await.unwrap();
}

async fn verify(store: &Store) -> Result<Figures, Broken> {
    let verifier = Verifier::new(vec![key().public()], None);
    let mut tx = store.read().await.unwrap();
    audit::verify(&mut tx, verifier).await.unwrap()
}

/// The figures of a whole journal: chains, entries, checkpoints, unsealed.
async fn figures(store: &Store) -> (u64, u64, u64, u64) {
    let f = verify(store).await.unwrap();
    (f.chains, f.entries, f.checkpoints, f.unsealed)
}

/// Another process on the same database.
async fn neighbour(it: &TestStore) -> Store {
    Store::open(&it.url, it.folder.path()).await.unwrap()
}

/// Two processes with nine entries, seven of them signed by two checkpoints.
async fn busy(it: &TestStore) {
    let (ids, other) = (Ids::seeded(1), neighbour(it).await);
    for n in 1..=3 {
        note(&it.store, &ids, &format!("incident:{n}")).await;
    }
    sign(&it.store).await;
    for n in 4..=5 {
        note(&it.store, &ids, &format!("incident:{n}")).await;
        note(&other, &ids, &format!("post:{n}")).await;
    }
    sign(&other).await;
    note(&it.store, &ids, "page:queue").await;
    note(&other, &ids, "page:queue").await;
    other.close().await;
}

fn keeper(it: &TestStore, clock: &Clock) -> Journal {
    Journal {
        store: it.store.clone(),
        key: key(),
        rules: settings::Journal {
            sign_minutes: 5,
            sign_entries: 4,
            verify_hours: 24,
            keep_days: 30,
        },
        data_dir: it.folder.path().to_owned(),
        clock: clock.clone(),
    }
}

on_each_database! {
    async fn every_process_writes_a_chain_of_its_own(it: TestStore) {
        assert_eq!(figures(&it.store).await, (0, 0, 0, 0));
        busy(&it).await;
        assert_eq!(figures(&it.store).await, (2, 9, 2, 2));
    }

    async fn what_is_rolled_back_leaves_no_gap(it: TestStore) {
        let ids = Ids::seeded(1);
        for lost in [true, false, true, true, false] {
            let mut tx = it.store.write(Priority::Person).await.unwrap();
            audit::append(&mut tx, &ids, START, &entry("incident:1")).await.unwrap();
            audit::append(&mut tx, &ids, START, &entry("incident:2")).await.unwrap();
            match lost {
                true => drop(tx),
                false => tx.commit().await.unwrap(),
            }
        }
        assert_eq!(figures(&it.store).await, (1, 4, 0, 4));
    }

    async fn many_who_append_and_sign_at_once_follow_each_other(it: TestStore) {
        let hands: Vec<_> = (0..8u64).map(|n| {
            let store = it.store.clone();
            tokio::spawn(async move {
                let ids = Ids::seeded(n);
                for turn in 0..12 {
                    let mut tx = store.write(Priority::Person).await.unwrap();
                    audit::append(&mut tx, &ids, START, &entry("incident:1")).await.unwrap();
                    match (turn + n) % 3 {
                        0 => drop(tx),
                        1 => tx.commit().await.unwrap(),
                        _ => {
                            tx.commit().await.unwrap();
                            let mut tx = store.write(Priority::Bulk).await.unwrap();
                            if audit::sign(&mut tx, &key(), START).await.unwrap().is_some() {
                                tx.commit().await.unwrap();
                            }
                        }
                    }
                }
            })
        }).collect();
        for hand in hands {
            hand.await.unwrap();
        }
        let (chains, entries, checkpoints, _) = figures(&it.store).await;
        assert_eq!((chains, entries), (1, 64));
        assert!(checkpoints > 0);
    }

    async fn any_byte_of_any_column_is_found(it: TestStore) {
        busy(&it).await;
        let hand = Hand::on(&it).await;
        let mut tried = 0;
        for cell in hand.cells().await {
            let mut now = cell.value.clone();
            for changed in cell.changes() {
                hand.put(&cell, &now, &changed).await;
                assert!(verify(&it.store).await.is_err(), "{cell:?} became {changed:?}");
                now = changed;
                tried += 1;
            }
            hand.put(&cell, &now, &cell.value).await;
        }
        assert!(tried > 400, "only {tried} changes");
        assert!(verify(&it.store).await.is_ok(), "all was put back");
    }

    async fn a_removed_an_added_and_an_exchanged_entry_are_found(it: TestStore) {
        busy(&it).await;
        let hand = Hand::on(&it).await;
        for table in ["audit", "audit_chain", "audit_checkpoint"] {
            for id in hand.ids(table).await {
                hand.take_out(table, &id).await;
                assert!(verify(&it.store).await.is_err(), "{table} without {id}");
                hand.put_back(table).await;
            }
        }
        let entries = hand.ids("audit").await;
        for (n, one) in entries.iter().enumerate() {
            for other in &entries[n + 1..] {
                hand.exchange(one, other).await;
                assert!(verify(&it.store).await.is_err(), "{one} with {other}");
                hand.exchange(one, other).await;
            }
            for (chain, position) in [
                ("''", "0"), ("'01NOBODY'", "1"), ("chain", "position"), ("chain", "position + 1"),
                ("chain", "(select max(position) + 1 from audit)"),
            ] {
                hand.copy(one, chain, position).await;
                assert!(verify(&it.store).await.is_err(), "a copy of {one} at {chain}, {position}");
                hand.remove_copy().await;
            }
        }
        assert!(verify(&it.store).await.is_ok(), "all was put back");
    }

    async fn a_cut_end_is_found_at_every_length(it: TestStore) {
        busy(&it).await;
        let hand = Hand::on(&it).await;
        let chain = hand.ids("audit_chain").await.remove(0);
        for last in (0..6).rev() {
            hand.run(&format!("delete from audit where chain = '{chain}' and position > {last}")).await;
            let broken = verify(&it.store).await.unwrap_err();
            let place = (broken.what, broken.chain.as_str(), broken.position);
            assert_eq!(place, (What::Gap, chain.as_str(), last + 1));
        }
        hand.run(&format!("delete from audit_chain where id = '{chain}'")).await;
        assert_eq!(verify(&it.store).await.unwrap_err().what, What::MissingChain);
    }

    async fn the_database_itself_refuses_changes(it: TestStore) {
        busy(&it).await;
        let hand = Hand::bare(&it).await;
        for change in [
            "update audit set who = 'nobody'",
            "delete from audit",
            "update audit_chain set position = 1",
            "update audit_chain set process = ''",
            "delete from audit_chain",
            "update audit_checkpoint set heads = '[]'",
            "delete from audit_checkpoint",
            "insert into audit (id, at, who, kind, subject, detail) values ('x', 1, '', '', '', '')",
        ] {
            let told = hand.try_run(change).await.unwrap_err();
            assert!(told.contains("journal"), "{change}: {told}");
        }
        if !it.url.is_empty() {
            for table in ["audit", "audit_chain", "audit_checkpoint"] {
                assert!(hand.try_run(&format!("truncate {table}")).await.is_err(), "{table}");
            }
        }
        assert_eq!(figures(&it.store).await, (2, 9, 2, 2));
    }

    async fn new_entries_are_signed_within_minutes_and_at_the_end(it: TestStore) {
        let (ids, clock) = (Ids::seeded(1), Clock::manual(START));
        let keeper = keeper(&it, &clock);
        assert_eq!(keeper.tick().await.unwrap(), Tick::Worked, "the first check of all");
        note(&it.store, &ids, "incident:1").await;
        assert_eq!(keeper.tick().await.unwrap(), Tick::Worked);
        assert_eq!(figures(&it.store).await, (1, 1, 1, 0));
        note(&it.store, &ids, "incident:2").await;
        assert_eq!(keeper.tick().await.unwrap(), Tick::Idle, "one entry waits");
        clock.advance(Span::minutes(5));
        assert_eq!(keeper.tick().await.unwrap(), Tick::Worked);
        for n in 3..7 {
            assert_eq!(figures(&it.store).await.2, 2, "{n}");
            note(&it.store, &ids, &format!("incident:{n}")).await;
        }
        assert_eq!(keeper.tick().await.unwrap(), Tick::Worked, "four do not wait");
        note(&it.store, &ids, "incident:7").await;
        keeper.stop().await.unwrap();
        assert_eq!(figures(&it.store).await, (1, 7, 4, 0));
    }

    async fn the_outcome_of_the_daily_check_is_kept(it: TestStore) {
        let clock = Clock::manual(START);
        let keeper = keeper(&it, &clock);
        busy(&it).await;
        keeper.tick().await.unwrap();
        let verdict = async || audit::last_verdict(&mut it.store.read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!(verdict().await.found.map(|f| f.entries), Ok(9));
        Hand::on(&it).await.run("update audit set who = 'nobody' where position = 2").await;
        clock.advance(Span::hours(23));
        keeper.tick().await.unwrap();
        assert!(verdict().await.found.is_ok(), "once a day is enough");
        clock.advance(Span::hours(1));
        keeper.tick().await.unwrap();
        let found = verdict().await;
        assert_eq!(found.at, clock.now());
        assert_eq!(found.found.map_err(|b| (b.what, b.position)), Err((What::Content, 2)));
    }

    async fn a_journal_rolled_back_as_a_whole_is_found_by_the_machine_that_signed(it: TestStore) {
        let (ids, clock) = (Ids::seeded(1), Clock::manual(START));
        let keeper = keeper(&it, &clock);
        note(&it.store, &ids, "incident:1").await;
        keeper.tick().await.unwrap();
        note(&it.store, &ids, "incident:2").await;
        keeper.stop().await.unwrap();
        let hand = Hand::on(&it).await;
        hand.run("delete from audit where position = 2").await;
        hand.run("delete from audit_checkpoint where number = 2").await;
        hand.run("update audit_chain set position = 1, signed = 1, \
            hash = (select hash from audit where position = 1)").await;
        assert_eq!(figures(&it.store).await, (1, 1, 1, 0), "nothing inside tells");
        let witnessed = async || {
            let known = witness::find(it.folder.path()).unwrap();
            let verifier = Verifier::new(vec![key().public()], known);
            let mut tx = it.store.read().await.unwrap();
            let broken = audit::verify(&mut tx, verifier).await.unwrap().unwrap_err();
            (broken.what, broken.position)
        };
        assert_eq!(witnessed().await, (What::MissingCheckpoint, 2));
        for subject in ["incident:3", "incident:4"] {
            note(&it.store, &ids, subject).await;
            keeper.stop().await.unwrap();
        }
        assert_eq!(figures(&it.store).await.1, 3, "the journal went on");
        assert_eq!(witnessed().await, (What::MissingCheckpoint, 2), "and hides nothing");
    }

    async fn entries_leave_when_their_term_has_passed_and_in_no_other_way(it: TestStore) {
        let (ids, clock) = (Ids::seeded(1), Clock::manual(START));
        let keeper = keeper(&it, &clock);
        busy(&it).await;
        clock.advance(Span::days(31));
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        audit::append(&mut tx, &ids, clock.now(), &entry("incident:9")).await.unwrap();
        tx.commit().await.unwrap();
        keeper.tick().await.unwrap();
        let (chains, entries, _, unsealed) = figures(&it.store).await;
        assert_eq!((chains, entries, unsealed), (2, 1, 0), "the rest is gone, the chains are whole");
        note(&it.store, &ids, "incident:10").await;
        assert_eq!(figures(&it.store).await.1, 2, "and goes on");
        let hand = Hand::on(&it).await;
        hand.run("update audit_chain set first = first + 1").await;
        assert_eq!(verify(&it.store).await.unwrap_err().what, What::Gap, "a door that nobody signed");
    }

    async fn older_entries_get_a_chain_of_their_own(it: TestStore) {
        let url = match it.url.is_empty() {
            true => String::new(),
            false => crate::harness::new_postgres_database().await,
        };
        let folder = tempfile::tempdir().unwrap();
        let old = TestStore { store: Store::open(&url, folder.path()).await.unwrap(), folder, url };
        old.store.migrate_to(audit::SCHEMA - 1).await.unwrap();
        let hand = Hand::bare(&old).await;
        hand.run("insert into audit (id, at, who, kind, subject, detail)
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)
            select '01OLD' || (10000 + i), i, 'vershinina', 'viewed', 'incident:' || i, '' from n").await;
        let (one, two) = (old.store.clone(), neighbour(&old).await);
        one.migrate().await.unwrap();
        two.migrate().await.unwrap();
        assert_eq!(figures(&one).await, (1, 2500, 0, 2500));
        note(&one, &Ids::seeded(1), "incident:1").await;
        sign(&two).await;
        assert_eq!(figures(&one).await, (2, 2501, 1, 0));
        Hand::on(&old).await.run("update audit set subject = 'incident:8' where id = '01OLD10007'").await;
        let broken = verify(&one).await.unwrap_err();
        assert_eq!((broken.what, broken.chain.as_str(), broken.position), (What::Content, "before-chains", 7));
    }
}
