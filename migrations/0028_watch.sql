-- How each source is watched: what its visits showed (as text that the self-checks write), the visits of
-- each hour of the last days, its last errors, what the self-checks found, and where posts may be missing.
create table source_check (
    source text primary key,
    kept text not null
);

create table source_hour (
    source text not null,
    -- Hours since the epoch.
    hour bigint not null,
    made bigint not null,
    expected bigint not null,
    failed bigint not null,
    primary key (source, hour)
);

create table source_error (
    source text not null,
    first bigint not null,
    last bigint not null,
    times bigint not null,
    class text not null,
    message text not null,
    primary key (source, first)
);

create table source_finding (
    id text primary key,
    source text not null,
    kind text not null,
    found bigint not null,
    closed bigint
);
create unique index source_finding_open on source_finding (source, kind) where closed is null;
create index source_finding_of on source_finding (source, found);

create table source_gap (
    id text primary key,
    source text not null,
    kind text not null,
    -- Posts published between these moments may be missing.
    since bigint not null,
    until bigint not null,
    found bigint not null,
    closed bigint,
    -- The backfill that is to fill it.
    backfill text
);
create unique index source_gap_open on source_gap (source, kind) where closed is null;
create index source_gap_of on source_gap (source, found);

-- Reading a period again, a step at a time.
create table backfill (
    id text primary key,
    source text not null,
    since bigint not null,
    until bigint not null,
    who text not null,
    state text not null,
    position text not null,
    version bigint not null,
    -- The oldest moment that was read so far.
    reached bigint,
    requests bigint not null,
    found bigint not null,
    kept bigint not null,
    outlived bigint not null,
    failures bigint not null,
    -- Why it waits, or how it ended, as a word.
    reason text,
    note text,
    created bigint not null,
    changed bigint not null,
    ended bigint,
    not_before bigint not null,
    lease_until bigint not null
);
create index backfill_open on backfill (not_before) where ended is null;
create index backfill_of on backfill (source, created);

-- Sources that were added on their page; those of the files stand in none.
create table source_entry (
    source text primary key,
    entry text not null,
    who text not null,
    at bigint not null
);
