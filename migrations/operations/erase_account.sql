-- DELETE /api/{user_id}: removes a user and all of the user's rows. Index: users_pkey, erasures_pkey; the cascade uses
-- the indexes of the other tables that begin with the owner.
create function operations.erase_account(p_user text, p_timeout integer, p_request uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    perform operations.enter(p_user, p_timeout);
    perform operations.lock_owner(p_user, p_request);
    -- If the id is there, an earlier attempt has erased the user. Everything that exists now was created after that.
    insert into public.erasures (request) values (p_request) on conflict do nothing;
    if found then
        delete from public.users u where u.id = p_user;
    end if;
end
$$;
