-- Writes of programs that were done once under an Idempotency-Key, with the answer that was given. Of key
-- and request only hashes; the answer holds no text of a post.
create table idempotency (
    -- A hash of who asked and the key.
    id text primary key,
    fingerprint text not null,
    at bigint not null,
    status bigint not null,
    location text,
    answer text not null
);
create index idempotency_at on idempotency (at);
