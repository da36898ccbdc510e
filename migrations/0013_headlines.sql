-- Headlines were shown as they came, also with a phone number in them. Incidents that were named after
-- one are known by their topic now.
update incident set title = '' where id in (
    select ip.incident from incident_post ip join post p on p.id = ip.post
    where coalesce(p.title, '') <> '');
