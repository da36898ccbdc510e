-- A repost without a word of its own carries its original further: it belongs to the original's incident
-- as reach, and is no voice.
alter table post add column bare bigint not null default 0;
create index post_original on post (original) where original is not null;
alter table incident add column reposts bigint not null default 0;

-- What was public when a post became part of an incident, or was found to repeat a reviewed claim: the
-- least that proves it, apart from the post and with a term of its own.
create table evidence (
    post text primary key,
    -- Null for a flag.
    incident text,
    -- incident, flag
    why text not null,
    taken bigint not null,
    version bigint not null,
    published bigint not null,
    captured bigint not null,
    -- Masked, and cut.
    text text not null,
    media text,
    url text,
    -- Where it lay when it was taken; that of its incident counts before it.
    sector text,
    municipality text
);
create index evidence_of on evidence (incident);
create index evidence_taken on evidence (taken);
