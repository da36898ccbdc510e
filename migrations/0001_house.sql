-- The house. Lines after `-- only: sqlite` or `-- only: postgres` reach that database alone, until
-- `-- only: both`. Times are UTC milliseconds; ids are text; JSON is text; truth is 0 or 1.

-- only: both
-- Small facts of the installation.
create table setting (
    name text primary key,
    value text not null
);

-- Sources and politeness -------------------------------------------------------------------------

create table source (
    code text primary key,
    platform text not null,
    owner text not null,
    screen_name text,
    name text not null,
    municipality text,
    official bigint not null,
    comments bigint not null,
    state text not null,
    note text,
    cursor text not null,
    cursor_version bigint not null,
    interval_ms bigint not null,
    next_visit bigint not null,
    lease_until bigint not null,
    lease_owner text,
    failures bigint not null,
    last_visit bigint,
    last_success bigint,
    last_post bigint,
    last_error text,
    last_error_at bigint,
    posts bigint not null,
    facts text
);
create index source_due on source (next_visit) where state in ('active', 'parked');

-- The day budget of a limit domain and method; the day is the domain's own.
create table budget (
    domain text not null,
    method text not null,
    day text not null,
    used bigint not null,
    exhausted_until bigint not null,
    primary key (domain, method, day)
);

-- Not-before of a limit domain: Retry-After, captcha, repeated failures.
create table gate (
    domain text primary key,
    not_before bigint not null,
    reason text not null
);

-- Posts ------------------------------------------------------------------------------------------

create table post (
    id text primary key,
    platform text not null,
    kind text not null,
    source text not null,
    parent text,
    original text,
    author text,
    author_kind text not null,
    published bigint not null,
    captured bigint not null,
    edited bigint,
    deleted bigint,
    version bigint not null,
    content_hash text not null,
    title text,
    text text not null,
    municipality text,
    place_hint text,
    lat double precision,
    lon double precision,
    likes bigint,
    comments bigint,
    views bigint,
    alerts bigint not null,
    -- The revision that understood this version; 0 is «not yet».
    revision bigint not null,
    -- 1 when incidents have dealt with it: a later revision may only suggest.
    handled bigint not null
);
create index post_waiting on post (published desc) where revision = 0;
create index post_unhandled on post (published) where handled = 0 and revision > 0;
create index post_published on post (published);

-- Earlier wordings; the first is never overwritten.
create table post_version (
    post text not null,
    version bigint not null,
    captured bigint not null,
    title text,
    text text not null,
    primary key (post, version)
);

-- External ids and links, apart: opened only through the audited door.
create table post_link (
    post text primary key,
    owner text not null,
    external_id text not null,
    url text
);

-- What changed, for the index and others to follow by the pair (xid, seq).
-- only: sqlite
create table change (
    seq integer primary key autoincrement,
    xid bigint not null default 0,
    post text not null,
    kind text not null
);
-- only: postgres
create table change (
    seq bigint generated always as identity primary key,
    xid bigint not null default (pg_current_xact_id()::text::bigint),
    post text not null,
    kind text not null
);
create index change_order on change (xid, seq);
-- only: both

-- What the machine suggests -----------------------------------------------------------------------

create table annotation (
    post text primary key,
    revision bigint not null,
    model text not null,
    made bigint not null,
    language text not null,
    kind text not null,
    sector text,
    sector_score double precision,
    topic text,
    topic_score double precision,
    abstained bigint not null,
    alternatives text not null,
    reasons text not null,
    municipality text,
    place text,
    place_name text,
    place_score double precision,
    lat double precision,
    lon double precision,
    fingerprint bigint not null,
    duplicate_of text,
    masked text not null
);
create index annotation_sector on annotation (sector, municipality);

-- Posts that wait for a person to name the sector.
create table triage (
    post text primary key,
    reason text not null,
    entered bigint not null,
    decided bigint,
    decided_by text,
    sector text
);
create index triage_open on triage (entered) where decided is null;

-- Claims -----------------------------------------------------------------------------------------

create table claim (
    id text primary key,
    text text not null,
    wordings text not null,
    rating text not null,
    review text not null,
    reviewer text not null,
    published bigint not null,
    url text not null,
    municipality text
);

create table claim_match (
    post text not null,
    claim text not null,
    score double precision not null,
    level text not null,
    sentence text not null,
    conflicts text not null,
    found bigint not null,
    decision text,
    reason text,
    decided bigint,
    decided_by text,
    primary key (post, claim)
);
create index claim_match_open on claim_match (found) where decision is null;

-- Incidents --------------------------------------------------------------------------------------

create table incident (
    id text primary key,
    number bigint not null unique,
    sector text not null,
    topic text not null,
    title text not null,
    municipality text,
    place text,
    place_name text,
    lat double precision,
    lon double precision,
    state text not null,
    holder text,
    cycle bigint not null,
    posts bigint not null,
    opened bigint not null,
    updated bigint not null,
    last_post bigint not null
);
create index incident_join on incident (topic, municipality, last_post);
create index incident_queue on incident (sector, state);

create table incident_post (
    post text primary key,
    incident text not null,
    joined bigint not null,
    joined_by text not null,
    score double precision not null
);
create index incident_post_of on incident_post (incident);

create table incident_event (
    id text primary key,
    incident text not null,
    cycle bigint not null,
    at bigint not null,
    who text not null,
    kind text not null,
    from_value text,
    to_value text,
    note text
);
create index incident_event_of on incident_event (incident, at);

-- An answer cycle; a repeat is a new cycle of the same incident.
create table cycle (
    incident text not null,
    number bigint not null,
    opened bigint not null,
    closed bigint,
    answer text,
    answer_url text,
    answered bigint,
    answered_by text,
    primary key (incident, number)
);

create table clock (
    incident text not null,
    cycle bigint not null,
    kind text not null,
    starts bigint not null,
    due bigint not null,
    stopped bigint,
    -- When the breach became an event and, where the posts allow it, an alert.
    raised bigint,
    primary key (incident, cycle, kind)
);
create index clock_running on clock (due) where stopped is null;
create index clock_unraised on clock (due) where stopped is null and raised is null;

-- Effects outside --------------------------------------------------------------------------------

create table job (
    id text primary key,
    kind text not null,
    incident text,
    payload text not null,
    created bigint not null,
    not_before bigint not null,
    attempts bigint not null,
    lease_until bigint not null,
    lease_owner text,
    done bigint,
    failed bigint,
    last_error text
);
create index job_due on job (not_before) where done is null and failed is null;

-- Official pages ---------------------------------------------------------------------------------

create table official_page (
    code text primary key,
    body text not null,
    network text not null,
    address text not null,
    municipality text,
    class text not null,
    gosorg text not null,
    gosorg_checked bigint,
    posts_per_week_norm bigint not null,
    source text,
    note text not null,
    name text,
    members bigint
);

-- People -----------------------------------------------------------------------------------------

create table account (
    id text primary key,
    login text not null unique,
    name text not null,
    password text not null,
    created bigint not null,
    disabled bigint
);

-- A role with its reach: sector or municipality null means all of them.
create table account_role (
    account text not null,
    role text not null,
    sector text,
    municipality text
);
create index account_role_of on account_role (account);

create table role_permission (
    role text not null,
    permission text not null,
    primary key (role, permission)
);

create table session (
    token_hash text primary key,
    account text not null,
    csrf text not null,
    created bigint not null,
    seen bigint not null,
    expires bigint not null
);

create table api_token (
    token_hash text primary key,
    account text not null,
    created bigint not null,
    revoked bigint
);

create table audit (
    id text primary key,
    at bigint not null,
    who text not null,
    kind text not null,
    subject text not null,
    detail text not null
);
create index audit_at on audit (at);

insert into role_permission (role, permission) values
    ('curator', 'read_incidents'), ('curator', 'handle_incidents'), ('curator', 'read_posts'),
    ('curator', 'open_links'), ('curator', 'triage'), ('curator', 'review_claims'),
    ('curator', 'read_sources'), ('curator', 'read_pages'), ('curator', 'read_stats'),
    ('executor', 'read_incidents'), ('executor', 'handle_incidents'), ('executor', 'read_posts'),
    ('executor', 'open_links'),
    ('centre_head', 'read_incidents'), ('centre_head', 'handle_incidents'),
    ('centre_head', 'read_posts'), ('centre_head', 'open_links'), ('centre_head', 'triage'),
    ('centre_head', 'review_claims'), ('centre_head', 'read_sources'),
    ('centre_head', 'read_pages'), ('centre_head', 'read_stats'),
    ('direction_head', 'read_incidents'), ('direction_head', 'handle_incidents'),
    ('direction_head', 'read_posts'), ('direction_head', 'open_links'),
    ('direction_head', 'read_stats'), ('direction_head', 'read_pages'),
    ('block_lead', 'read_incidents'), ('block_lead', 'read_posts'), ('block_lead', 'read_stats'),
    ('block_head', 'read_incidents'), ('block_head', 'handle_incidents'),
    ('block_head', 'read_posts'), ('block_head', 'open_links'), ('block_head', 'read_stats'),
    ('block_employee', 'read_incidents'), ('block_employee', 'handle_incidents'),
    ('block_employee', 'read_posts'), ('block_employee', 'open_links'),
    ('content_centre', 'read_posts'), ('content_centre', 'open_links'),
    ('content_centre', 'review_claims'), ('content_centre', 'read_pages'),
    ('media_lead', 'read_posts'), ('media_lead', 'review_claims'), ('media_lead', 'read_pages'),
    ('media_lead', 'read_stats'),
    ('municipal_head', 'read_incidents'), ('municipal_head', 'read_posts'),
    ('municipal_head', 'read_stats'),
    ('leadership', 'read_stats'),
    ('auditor', 'read_audit'),
    ('administrator', 'administer'), ('administrator', 'read_sources'),
    ('administrator', 'read_pages'),
    ('curator', 'edit_pages'), ('centre_head', 'edit_pages'), ('content_centre', 'edit_pages'),
    ('administrator', 'edit_pages');
