-- DELETE /api/{user_id}: removes a user with all that is theirs. Index: users_pkey, erasures_pkey; by cascade those of the
-- other tables that begin with the owner.
create function operations.erase_account(p_user text, p_timeout integer, p_request uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    perform operations.enter(p_user, p_timeout);
    perform operations.lock_owner(p_user, p_request);
    -- An earlier try of this request has done it. What there is now has been made since.
    insert into public.erasures (request) values (p_request) on conflict do nothing;
    if found then
        delete from public.users u where u.id = p_user;
    end if;
end
$$;
