-- People who sign in at the organisation's provider: which subject there is which account here; and who
-- is on their way there and back.
create table provider_account (
    issuer text not null,
    subject text not null,
    account text not null unique,
    primary key (issuer, subject)
);
create table provider_step (
    token_hash text primary key,
    next text not null,
    expires bigint not null
);
create index provider_step_expires on provider_step (expires);
