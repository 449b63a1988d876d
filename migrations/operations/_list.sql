-- Which part of the list is wanted. A filter that is null accepts every task.
create type operations.list_query as (
    -- The task has one of these states (tasks.state).
    states smallint[],
    -- For the trash, where the state does not tell completed tasks from pending ones.
    completed boolean,
    -- The task has one of these priorities.
    priorities smallint[],
    -- The task has all of these tags.
    tags text[],
    -- In lower case. The title or the description contains it.
    search text,
    due_before timestamptz,
    due_after timestamptz,
    -- The page begins after the task with this sort key and id; null for the beginning.
    after_key text,
    after_id uuid,
    page_offset bigint,
    page_rows bigint
);

-- Makes one function for each order of the list, `list_by_<sort>_<asc|desc>`, and `count_listed`. They are generated,
-- because they differ only in a column and a direction. Each contains one statement, so that Postgres keeps its plan.
-- Planning it for each request would cost as much as everything else.
--
-- A page merges one index scan for each state: pending, completed, in the trash. A state that is not wanted is not
-- read, because Postgres evaluates the condition on the query once, before the scan. The scans always get a place to
-- begin after, because `key is null or …` cannot be an index condition. For the first page this place comes before all
-- keys. The filters are checked on the rows that the scan finds. Under row-level security they cannot be index
-- conditions.
--
-- A kept plan does not know the limit, so the planner assumes that a tenth of the rows is wanted. If one owner has most
-- of the table, reading and sorting all rows would then look cheaper, so that is switched off. JIT compilation and
-- parallel workers are off, too, because starting them takes longer than running the plan: a page took 9 ms instead of
-- 0.5 ms with workers.
do $make$
declare
    -- A collation whose lower() knows all of Unicode, independent of the database's own collation: ICU's root
    -- collation. If Postgres was built without ICU, it is the built-in one of Postgres 18 and newer.
    c_folding constant text := (
        select quote_ident(c.collname) from pg_collation c
        where c.collname in ('und-x-icu', 'pg_unicode_fast') order by c.collname desc limit 1
    );
    -- position() searches for the literal text. It has no wildcards.
    c_filters constant text := replace($sql$
        and (p.completed is null or a.completed = p.completed)
        and (p.priorities is null or a.priority = any (p.priorities))
        and (p.tags is null or a.tags @> p.tags)
        and (p.search is null or position(p.search in a.title_key) > 0
            or position(p.search in lower(a.description collate {folding})) > 0)
        and (p.due_before is null or a.due_at < p.due_before)
        and (p.due_after is null or a.due_at > p.due_after and a.due_at < 'infinity')$sql$, '{folding}', c_folding);
    -- %1: the column, %2: the condition for rows after the page's beginning, %3: asc or desc.
    c_state constant text := $sql$
        (select a.* from operations.answer a
            where a.owner_user_id = p_user and a.state = {state} and {state} = any (p.states) and %2$s $sql$ || c_filters || $sql$
            order by a.%1$I %3$s, a.id %3$s limit p.page_offset + p.page_rows)$sql$;
    c_page constant text := replace(c_state, '{state}', '0') || ' union all ' || replace(c_state, '{state}', '1')
        || ' union all ' || replace(c_state, '{state}', '2') || $sql$
        order by %1$I %3$s, id %3$s
        limit p.page_rows offset p.page_offset$sql$;
    c_behind constant text := '(a.%I, a.id) %s (v_key, v_id)';
    c_behind_none constant text := $sql$a.due_at = 'infinity' and a.id <= v_id and a.id is distinct from p.after_id$sql$;
    -- %1: the sort, %2: asc or desc, %3: the key's type, %4: the key before all others, %5: the id before all others,
    -- %6: the body.
    c_function constant text := $sql$
        create function operations.list_by_%1$s_%2$s(p_user text, p operations.list_query)
        returns setof operations.answer
        language plpgsql stable
        set plan_cache_mode = force_generic_plan
        set enable_seqscan = off
        set enable_bitmapscan = off
        set enable_sort = off
        set jit = off
        set max_parallel_workers_per_gather = 0
        as $$
        #variable_conflict use_column
        declare
            v_key %3$s := coalesce(p.after_key::%3$s, %4$L);
            v_id uuid := coalesce(p.after_id, %5$L);
        begin
            %6$s
        end
        $$$sql$;
    -- Tasks without a due date come last in this direction, too. So a page takes first the tasks with a due date, then
    -- the others. If the offset skips all tasks with a due date, they are counted. %1: the page of tasks with a due date, %2:
    -- the tasks that it skips, %3: the page of tasks without one.
    c_none_last constant text := $sql$
            declare
                v_listed bigint := 0::bigint;
            begin
                if v_key < 'infinity' then
                    return query %1$s;
                    get diagnostics v_listed = row_count;
                    if v_listed > 0 then
                        p.page_offset := 0;
                    elsif p.page_offset > 0 then
                        p.page_offset := p.page_offset - (select count(*) from (%2$s) skipped);
                    end if;
                    v_id := %4$L;
                end if;
                if v_listed < p.page_rows then
                    p.page_rows := p.page_rows - v_listed;
                    return query %3$s;
                end if;
            end;$sql$;
    c_first_id constant uuid := '00000000-0000-0000-0000-000000000000';
    c_last_id constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    v_sort record;
    v_page text;
begin
    if c_folding is null then
        raise exception 'this Postgres cannot convert all of Unicode to lower case: it needs ICU, or version 18';
    end if;
    for v_sort in
        select sort, key, type, lowest, highest
        from (values
            ('created_at', 'created_at', 'timestamptz', '-infinity', 'infinity'),
            ('updated_at', 'revision', 'bigint', '0', '9223372036854775807'),
            -- The highest key is later than every due date, and before infinity.
            ('due_date', 'due_at', 'timestamptz', '-infinity', '10000-01-01T00:00:00Z'),
            ('priority', 'priority', 'smallint', '-1', '4'),
            ('title', 'title_key', 'text collate "C"', '', repeat(chr(1114111), 601)),
            ('position', 'position', 'text collate "C"', '', 'g')
        ) as sorts (sort, key, type, lowest, highest)
    loop
        v_page := format(c_page, v_sort.key, format(c_behind, v_sort.key, '>'), 'asc');
        execute format(
            c_function, v_sort.sort, 'asc', v_sort.type, v_sort.lowest, c_first_id, format('return query %s;', v_page)
        );
        v_page := format(c_page, v_sort.key, format(c_behind, v_sort.key, '<'), 'desc');
        execute format(
            c_function, v_sort.sort, 'desc', v_sort.type, v_sort.highest, c_last_id,
            case v_sort.sort
                when 'due_date' then format(
                    c_none_last, v_page,
                    replace(v_page, 'limit p.page_rows offset p.page_offset', 'limit p.page_offset'),
                    format(c_page, 'id', c_behind_none, 'desc'), c_last_id
                )
                else format('return query %s;', v_page)
            end
        );
    end loop;
    execute format(
        $sql$
        create function operations.count_listed(p_user text, p operations.list_query) returns bigint
        language plpgsql stable
        set max_parallel_workers_per_gather = 0
        as $$
        #variable_conflict use_column
        begin
            return (
                select count(*) from operations.answer a
                where a.owner_user_id = p_user and a.state = any (p.states)
                %s
            );
        end
        $$
        $sql$,
        c_filters
    );
end
$make$;
