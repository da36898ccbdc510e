-- Alerts are told receiver by receiver: one job for each, with its own attempts and last error. A job
-- without a receiver is not addressed yet; those that waited before this step get theirs at once.
alter table job add column receiver text;
-- The job whose message carries this one (a lead names itself); null: a message of its own.
alter table job add column bundle text;
drop index job_due;
create index job_due on job (receiver, not_before) where done is null and failed is null;
create index job_bundle on job (bundle) where bundle is not null;

-- Who is told, and the moment before which nothing may be sent there.
create table receiver (
    code text primary key,
    free_at bigint not null
);

-- Attempts of the last hour: the ceiling counts them, whichever process made them.
create table attempt (
    receiver text not null,
    at bigint not null
);
create index attempt_at on attempt (receiver, at);
