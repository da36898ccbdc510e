-- Retention: what is due is found without reading all; what is left of an incident when its term has
-- passed are totals; each run leaves its figures.
create index post_captured on post (captured);
create index post_deleted on post (deleted) where deleted is not null;
create index claim_match_decided on claim_match (decided) where decision = 'repeats';
create index incident_ended on incident (updated) where state in ('closed', 'declined');
create index job_ended on job (created) where done is not null or failed is not null;
create index session_expires on session (expires);

-- Incidents that were purged, counted by the UTC month in which they were opened.
create table incident_total (
    month text not null,
    sector text not null,
    topic text not null,
    municipality text not null,
    state text not null,
    incidents bigint not null,
    posts bigint not null,
    -- Incidents with a promise that was broken.
    overdue bigint not null,
    primary key (month, sector, topic, municipality, state)
);

-- What was purged, when, and of which class; never what it said.
create table purge (
    id text primary key,
    at bigint not null,
    class text not null,
    rows_gone bigint not null,
    -- Oldest and newest moment that the class's term is counted from, of the rows that are gone.
    oldest bigint not null,
    newest bigint not null
);
create index purge_at on purge (at);
