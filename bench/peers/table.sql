-- The peers' table as a guide for these tools would create it: with the owner, and an index for the list.
create table task (
    id uuid primary key default gen_random_uuid(),
    owner_user_id text not null,
    title text not null,
    description text,
    completed boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index task_owner_created on task (owner_user_id, created_at);
insert into task (owner_user_id, title, description, created_at)
    select owner, 'Buy milk ' || n, 'Two litres', now() - (1000 - n) * interval '1 minute'
    from generate_series(0, 999) n, unnest('{lister,creator}'::text[]) owner;
