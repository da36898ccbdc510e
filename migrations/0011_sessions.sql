-- Where a session is from and how it was opened: people look through their sessions and end them.
alter table session add column address text not null default '';
alter table session add column browser text not null default '';
alter table session add column how text not null default 'password';
create index session_account on session (account);
