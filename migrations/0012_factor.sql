-- The second factor: one secret per account, encrypted; the last step of 30 seconds whose code was
-- taken, so that a code is taken once; hashes of recovery codes.
create table factor (
    account text primary key,
    secret text not null,
    since bigint not null,
    last_step bigint not null
);
create table recovery_code (
    account text not null,
    code_hash text not null,
    primary key (account, code_hash)
);
-- Somebody whose password was right and who still has to show their second factor.
create table sign_in_step (
    token_hash text primary key,
    account text not null,
    next text not null,
    expires bigint not null
);
create index sign_in_step_expires on sign_in_step (expires);
