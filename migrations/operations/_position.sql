-- The manual order. A position is a text of digits from 0 to f, compared digit by digit. There is always another
-- position between two positions. (This is known as fractional indexing.)

-- A position before or after all positions of the owner. It is made from the revision, because a revision only grows.
create function operations.outermost(p_revision bigint, p_is_end boolean) returns text
language sql immutable
as $$
    select case
        when p_is_end then 'e' || lpad(to_hex(p_revision), 12, '0')
        else 'd' || lpad(to_hex(x'ffffffffffff'::bigint - p_revision), 12, '0')
    end
$$;

-- The shortest position between two others; null if there is none.
create function operations.between(p_low text, p_high text) returns text
language plpgsql immutable
as $$
declare
    c_digits constant text := '0123456789abcdef';
    v_between text := '';
    -- Whether the digits so far are below the high position. Then every further digit is allowed.
    v_is_below boolean := false;
    v_low integer;
    v_high integer;
begin
    if p_low >= p_high collate "C" then
        return null;
    end if;
    while length(v_between) < 200 loop
        -- A missing digit counts as zero, because position('' in …) is 1, like that of '0'.
        v_low := position(substr(p_low, length(v_between) + 1, 1) in c_digits) - 1;
        v_high := case
            when v_is_below then 16
            else position(substr(p_high, length(v_between) + 1, 1) in c_digits) - 1
        end;
        if v_high - v_low > 1 then
            return v_between || substr(c_digits, (v_low + v_high) / 2 + 1, 1);
        end if;
        v_between := v_between || substr(c_digits, v_low + 1, 1);
        v_is_below := v_is_below or v_high > v_low;
    end loop;
    return null;
end
$$;

-- `p_count` positions between two others, spread evenly. An element is null if there is no room for it.
create function operations.spread(p_low text, p_high text, p_count integer) returns text[]
language plpgsql immutable
as $$
declare
    v_middle text := operations.between(p_low, p_high);
    v_below integer := (p_count - 1) / 2;
begin
    if p_count = 0 then
        return array[]::text[];
    end if;
    return operations.spread(p_low, v_middle, v_below) || array[v_middle]
        || operations.spread(v_middle, p_high, p_count - 1 - v_below);
end
$$;

-- The tasks after or before a place, the nearest first. Tasks in the trash are included, because a restored task comes
-- back to its place.
create function operations.beside(p_user text, p_position text, p_id uuid, p_is_behind boolean, p_rows bigint)
returns setof operations.answer
language plpgsql stable
as $$
declare
    v_query operations.list_query;
begin
    v_query.states := array[0, 1, 2];
    v_query.after_key := p_position;
    v_query.after_id := p_id;
    v_query.page_offset := 0;
    v_query.page_rows := p_rows;
    if p_is_behind then
        return query select * from operations.list_by_position_asc(p_user, v_query);
    else
        return query select * from operations.list_by_position_desc(p_user, v_query);
    end if;
end
$$;
