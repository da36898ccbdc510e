//! Every outside door × every hostile input. Doors and attacks are tables; their product is tried,
//! printed (`--nocapture`) and written to `hostile-….txt` in the target folder's `tmp`. A cell ends
//! refused with a sentence, taken as plain text, or bounded; an empty one says why it is empty.
//!
//! Routes come from the router's own table: a new page, form or API address is a new row.

mod files;
mod judge;
mod matrix;
mod networks;
mod payloads;
mod protocol;
pub mod raw;
mod shown;
mod watch;
mod web;
mod wire;

use otklik::domain::user::Role;

use crate::{access::matrix::World, harness::TestStore, office::Office, on_each_database};
use matrix::{ANSWERS, Matrix};
use watch::Watch;

/// An office with everybody that the doors need, without limits of requests.
async fn office(it: TestStore) -> Office {
    let office = Office::open_with(it, |settings| {
        settings.web.limits.sign_in_per_minute = 0;
        settings.web.limits.receive_per_minute = 0;
        settings.web.limits.api_per_minute = 0;
        settings.web.require_totp = vec![Role::Administrator];
    })
    .await;
    office.hire("cu", Role::Curator, &[], &[]).await;
    office.hire("au", Role::Auditor, &[], &[]).await;
    office.hire("ad", Role::Administrator, &[], &[]).await;
    office
}

/// What the matrix of a group is called, by database.
fn name(group: &str, it: &TestStore) -> String {
    match it.store.is_postgres() {
        true => format!("{group} on PostgreSQL"),
        false => format!("{group} on SQLite"),
    }
}

/// The collector visits hostile servers at these doors.
async fn answered(it: TestStore, group: &str, doors: &'static [networks::Door]) {
    let watch = Watch::begin();
    let mut matrix = Matrix::of(&name(group, &it), &ANSWERS);
    let office = office(it).await;
    let served = wire::Served::start(&office).await;
    networks::try_all(&office, &served, doors, &mut matrix).await;
    watch.calm(&office, &served).await;
    matrix.finish(&watch);
}

on_each_database! {
    async fn no_route_is_moved_by_hostile_input(it: TestStore) {
        let watch = Watch::begin();
        let mut matrix = Matrix::new(&name("web", &it));
        let world = World::new(office(it).await);
        let served = wire::Served::start(&world.office).await;
        web::try_all(&world, &served, &mut matrix).await;
        protocol::try_all(&world.office, &mut matrix).await;
        watch.calm(&world.office, &served).await;
        matrix.finish(&watch);
    }

    async fn no_network_moves_a_collector(it: TestStore) {
        answered(it, "networks", &networks::NETWORKS).await;
    }

    async fn no_site_moves_a_collector(it: TestStore) {
        answered(it, "sites", &networks::SITES).await;
    }

    async fn no_imported_file_moves_the_program(it: TestStore) {
        let watch = Watch::begin();
        let mut matrix = Matrix::new(&name("imports", &it));
        let folder = it.folder.path().to_owned();
        files::imports::save_mapping(&it).await;
        files::imports::try_all(&folder, &it.url, &mut matrix);
        let office = office(it).await;
        let served = wire::Served::start(&office).await;
        files::imports::show_all(&office, &served, &mut matrix).await;
        watch.calm(&office, &served).await;
        matrix.finish(&watch);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_receiver_moves_a_sender() {
    let watch = Watch::begin();
    let mut matrix = Matrix::of("receivers", &ANSWERS);
    networks::receivers::try_all(&mut matrix).await;
    matrix.finish(&watch);
}

#[test]
fn no_file_variable_or_stream_moves_the_program() {
    let watch = Watch::begin();
    let mut matrix = Matrix::new("files");
    files::try_all(&mut matrix);
    matrix.finish(&watch);
}
