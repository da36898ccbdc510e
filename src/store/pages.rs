//! The registry of official pages («Госорганизация») and how active they are.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    rows::Query,
    scope::Scope,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    page::{GosOrg, OfficialPage},
    source::PageFacts,
    time::Timestamp,
    user::Permission,
};

statements! {
    PUT = Sql::both("insert into official_page (code, body, network, address, municipality, class,
            gosorg, posts_per_week_norm, source, note)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (code) do update set body = excluded.body, network = excluded.network,
            address = excluded.address, municipality = excluded.municipality,
            class = excluded.class, posts_per_week_norm = excluded.posts_per_week_norm,
            source = excluded.source");
    MARK = Sql::both("update official_page set gosorg = $2, gosorg_checked = $3, note = $4
        where code = $1 and gosorg = $5");
    CHECKED = Sql::both("update official_page set name = coalesce($2, name),
            members = coalesce($3, members), gosorg_checked = $4,
            gosorg = case when cast($5 as bigint) = 1 then 'confirmed'
                          when cast($5 as bigint) = 0 and gosorg = 'confirmed' then 'lost'
                          else gosorg end
        where source = $1");
    WIDGET = Sql::both("update official_page set pos_widget = $2, pos_form = $3, pos_checked = $4
        where source = $1");
    FIND = Sql::both("select * from official_page where code = $1");
}

/// A page of the registry.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct PageRow {
    pub code: String,
    pub body: String,
    pub network: String,
    pub address: String,
    pub municipality: Option<String>,
    pub class: String,
    pub gosorg: String,
    pub gosorg_checked: Option<i64>,
    pub posts_per_week_norm: i64,
    pub source: Option<String>,
    pub note: String,
    pub name: Option<String>,
    pub members: Option<i64>,
    /// The verdict on the widget of the state feedback platform, of a site.
    pub pos_widget: Option<String>,
    pub pos_form: Option<i64>,
    pub pos_checked: Option<i64>,
}

/// Adds or updates a page from its catalogue entry. The mark and the note that people set are kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, page: &OfficialPage) -> Result<()> {
    execute!(
        tx,
        PUT,
        page.code.as_str(),
        page.body.as_str(),
        page.network.as_str(),
        page.address.as_str(),
        page.municipality.as_deref(),
        page.class.code(),
        page.gosorg.code(),
        page.posts_per_week_norm,
        page.source.as_deref(),
        page.note.as_str()
    )?;
    Ok(())
}

/// Notes what the platform tells of the page that `source` crawls. A confirmed mark that the
/// platform no longer shows is lost; a platform that never tells leaves it as it is.
///
/// # Errors
/// [`Error::Database`].
pub async fn note_facts(
    tx: &mut Tx,
    source: &str,
    facts: &PageFacts,
    now: Timestamp,
) -> Result<()> {
    if let Some(widget) = facts.widget {
        // A site has no mark: only the widget is looked for.
        let (verdict, form) = (widget.verdict.code(), widget.form);
        execute!(tx, WIDGET, source, verdict, form, now.as_millis())?;
        return Ok(());
    }
    execute!(
        tx,
        CHECKED,
        source,
        facts.name.as_deref(),
        facts.members,
        now.as_millis(),
        facts.government.map(i64::from)
    )?;
    Ok(())
}

/// A person sets the mark, with a note that others will read.
///
/// # Errors
/// [`Error::Denied`] without the right to change pages, [`Error::NotFound`], and
/// [`Error::Conflict`] when the mark is no longer `seen`.
pub async fn mark(
    tx: &mut Tx,
    scope: &Scope,
    code: &str,
    seen: GosOrg,
    mark: GosOrg,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    scope.require(Permission::EditPages)?;
    find(tx, scope, code)
        .await?
        .ok_or_else(|| Error::NotFound(format!("page {code}")))?;
    let millis = now.as_millis();
    match execute!(tx, MARK, code, mark.code(), millis, note, seen.code())? {
        0 => Err(Error::Conflict(format!("the mark of page {code}"))),
        _ => Ok(()),
    }
}

/// One page within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to see the registry.
pub async fn find(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Option<PageRow>> {
    scope.require(Permission::ReadPages)?;
    let row = fetch!(fetch_optional PageRow, tx, FIND, code)?;
    let reach = scope.reach(Permission::ReadPages).of_places();
    Ok(row.filter(|page| reach.covers(None, page.municipality.as_deref())))
}

/// Every page within the scope, lost marks first.
///
/// # Errors
/// [`Error::Denied`] without the right to see the registry.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<PageRow>> {
    scope.require(Permission::ReadPages)?;
    let mut query = Query::new("select * from official_page where 1 = 1");
    scope.restrict_place(&mut query, Permission::ReadPages, "municipality");
    query.push(
        " order by case gosorg when 'lost' then 0 when 'none' then 1 when 'requested' then 2
            else 3 end, body",
    );
    query.fetch_all(tx).await
}

/// Posts in each of the last eight weeks by source of a page within the scope, oldest week first.
///
/// # Errors
/// [`Error::Denied`] without the right to see the registry.
pub async fn list_activity(
    tx: &mut Tx,
    scope: &Scope,
    now: Timestamp,
) -> Result<HashMap<String, [i64; 8]>> {
    scope.require(Permission::ReadPages)?;
    let now = now.as_millis();
    let mut query = Query::new(format!(
        "select source, ({now} - published) / 604800000 as weeks, count(*) from post
        where published > {now} - 4838400000 and published <= {now} and kind = 'post'
            and deleted is null
            and source in (select source from official_page where source is not null"
    ));
    scope.restrict_place(&mut query, Permission::ReadPages, "municipality");
    query.push(") group by 1, 2");
    let rows: Vec<(String, i64, i64)> = query.fetch_all(tx).await?;
    let mut by_source: HashMap<String, [i64; 8]> = HashMap::new();
    for (source, weeks_ago, posts) in rows {
        let weeks = by_source.entry(source).or_default();
        if let Some(week) = usize::try_from(7 - weeks_ago)
            .ok()
            .and_then(|week| weeks.get_mut(week))
        {
            *week = posts;
        }
    }
    Ok(by_source)
}
