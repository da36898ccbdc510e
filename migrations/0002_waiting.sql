-- Posts wait by the moment of capture: rows that were stored together lie together, and are read,
-- stamped and written together. By `published` each row of a large import was a page of its own.
drop index post_waiting;
create index post_waiting on post (captured desc) where revision = 0;
