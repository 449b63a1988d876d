-- DELETE /api/{user_id}: removes a user with all that is theirs. Index: users_pkey; by cascade those of the other tables
-- that begin with the owner.
create function operations.erase_account(p_user text, p_timeout integer) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    perform operations.enter(p_user, p_timeout);
    -- There is no memory of the request, which would be theirs, and no need of one: another try removes nothing more.
    delete from public.users u where u.id = p_user;
end
$$;
