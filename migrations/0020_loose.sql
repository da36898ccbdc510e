-- Whether an incident holds the post: retention asks for old posts that none holds, and over millions
-- of held ones may neither look at each nor hold up who writes meanwhile.
alter table post add column held bigint not null default 0;
update post set held = 1 where id in (select post from incident_post);
create index post_loose on post (captured) where held = 0 and deleted is null;
