-- Which role sees which field, where its grant reaches; what is not here comes back empty. Only fields
-- that tell of people are named: residents (text, source, voice, place) and colleagues (staff, notes).
-- The regulations give duties, not fields (only Kherson 1.4 limits who uses what), so a field goes to
-- the roles whose duty cannot be done without it.
create table role_field (
    role text not null,
    field text not null,
    primary key (role, field)
);

insert into role_field (role, field) values
    -- The handling team: they answer where it was said, tell voices of one thread apart, go to the
    -- place, and follow each other's work.
    ('curator', 'text'), ('curator', 'source'), ('curator', 'voice'), ('curator', 'place'),
    ('curator', 'staff'), ('curator', 'notes'),
    ('executor', 'text'), ('executor', 'source'), ('executor', 'voice'), ('executor', 'place'),
    ('executor', 'staff'), ('executor', 'notes'),
    ('centre_head', 'text'), ('centre_head', 'source'), ('centre_head', 'voice'),
    ('centre_head', 'place'), ('centre_head', 'staff'), ('centre_head', 'notes'),
    ('direction_head', 'text'), ('direction_head', 'source'), ('direction_head', 'voice'),
    ('direction_head', 'place'), ('direction_head', 'staff'), ('direction_head', 'notes'),
    ('block_head', 'text'), ('block_head', 'source'), ('block_head', 'voice'),
    ('block_head', 'place'), ('block_head', 'staff'), ('block_head', 'notes'),
    ('block_employee', 'text'), ('block_employee', 'source'), ('block_employee', 'voice'),
    ('block_employee', 'place'), ('block_employee', 'staff'), ('block_employee', 'notes'),
    -- Answers for the block's results and its people (section 3.5), not for who among residents spoke.
    ('block_lead', 'text'), ('block_lead', 'source'), ('block_lead', 'place'),
    ('block_lead', 'staff'), ('block_lead', 'notes'),
    -- Mends what is broken in the municipality, so sees what and where. Not in which community it was
    -- said nor by how many voices: the head stands nearest to the residents and is often who the
    -- complaint is about. Names and notes of the centre's staff stay in the centre.
    ('municipal_head', 'text'), ('municipal_head', 'place'),
    -- Work with claims, media and official pages: what was said and in which community. Outside the
    -- handling team a place is no more precise than its municipality.
    ('content_centre', 'text'), ('content_centre', 'source'),
    ('media_lead', 'text'), ('media_lead', 'source');
    -- Leadership sees aggregates, the auditor the log, the administrator the machinery: no field.
