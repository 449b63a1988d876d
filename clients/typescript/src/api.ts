// Generated from openapi.yaml by `npm run generate`. Changes here will be lost.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check whether the API answers
         * @description This does not ask the database, so that a probe does not keep it awake. No token is needed.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description It is made from the repository's `openapi.yaml` when the API is built. No token is needed.
         */
        get: operations["get-openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page to try the API
         * @description Swagger UI with this document. Click *Authorize* and paste a token. The page sends it only to this API and does
         *     not store it. The page itself needs no token. It can be switched off, together with `/openapi.json`.
         */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file of the page
         * @description Scripts, styles and a picture. The page loads nothing from other servers.
         */
        get: operations["get-docs-file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * A page of the tasks, by default the newest first
         * @description A task is listed if it passes all filters. Tasks in the trash are not listed. `deleted=true` lists only these,
         *     with the same filters and orders. Tasks that are equal in an order are sorted by `id`.
         *
         *     To get all pages, follow `Link` until there is none. Every page by cursor costs the same, and tasks that are
         *     created or deleted in the meantime do not shift the pages. A page is shorter than `limit` if it would be larger
         *     than 4 MB.
         *
         *     Upper and lower case do not matter in values such as `pending`. `sort_by`, `sort_order`, `q` and `skip` are
         *     other names of `sort`, `order`, `search` and `offset`, for clients that use them. Each counts as the same
         *     parameter.
         */
        get: operations["list-tasks"];
        put?: never;
        /**
         * Create a task
         * @description The task goes to the end of the manual order. The API makes its `id`, unless you send one. A user needs no
         *     sign-up here: the first task creates the user.
         *
         *     With an `Idempotency-Key`, a create is safe to repeat: you get the first answer again. An `id` of your own also
         *     prevents a second task, but then a repetition is a 409.
         */
        post: operations["create-task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/tasks/changes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * The changes since you last asked
         * @description A page of the changes, the oldest first. It has each task that was written since, in its current state, and the
         *     id of each task that was deleted since. A task that has changed several times appears once. A task in the trash
         *     counts as deleted, and a restored task as written. `deleted` can contain ids that your client has never seen.
         *     Your own writes are included.
         *
         *     Without `since`, the pages contain all tasks, so begin with an empty copy. For the next page, set `since` to
         *     `next`; ask at once while `more` is true. Changes that happen in the meantime come on a later page. None is
         *     missed. If nothing is new, the answer is small and cheap, however many tasks there are.
         *
         *     A page is shorter than `limit` if it would be larger than 4 MB.
         */
        get: operations["list-changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/tasks/batch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do several operations, all of them or none
         * @description A batch has 1 to 100 operations. They are done in their order, so a later operation can change a task that an
         *     earlier one created. Each operation does the same as the single operation of that name, and gives its task a new
         *     revision. If one operation is refused, nothing of the batch is done. The answer is then the error of that
         *     operation, with its index as `operation` in `details`.
         *
         *     Send an `Idempotency-Key`, and repeat the batch with the same key until it is answered. Without a key, a
         *     repetition does everything again: a task is created twice, unless you gave it an `id`.
         */
        post: operations["batch-tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        /**
         * Get a task
         * @description With `If-None-Match`, the answer is 304 if the task has not changed.
         */
        get: operations["get-task"];
        /**
         * Change a task, as PATCH does
         * @description The same operation as PATCH, for clients that change tasks with PUT. It does not replace the task. A field that
         *     is absent stays as it is, so a client cannot clear fields that it does not know.
         */
        put: operations["update-task-by-put"];
        post?: never;
        /**
         * Put a task into the trash, or remove it for good
         * @description The task goes into the trash and can be restored for 30 days. With `permanent=true` it is removed for good,
         *     whether it is in the trash or not. A repetition is a 404.
         */
        delete: operations["delete-task"];
        options?: never;
        head?: never;
        /**
         * Change a task
         * @description A field that is absent stays as it is. A field that is null is cleared.
         */
        patch: operations["update-task"];
        trace?: never;
    };
    "/api/{user_id}/tasks/{task_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Complete a task, or reopen it
         * @description Without a body, or with `{}`, this toggles the task. `{"completed": true}` or `{"completed": false}` sets the
         *     state, and that is safe to repeat: a task that is completed twice keeps its first `completed_at`.
         */
        patch: operations["complete-task"];
        trace?: never;
    };
    "/api/{user_id}/tasks/{task_id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move a task to another place in the manual order
         * @description `sort=position` lists the manual order. A move changes the task's `position`. A task that is at that place
         *     already is not changed, so a move is safe to repeat.
         */
        post: operations["move-task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/tasks/{task_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a task from the trash
         * @description The task is again as it was before the deletion, at its old place in the manual order. A task that is not in the
         *     trash is not changed, so a restore is safe to repeat. The request needs no body, and the API ignores one.
         */
        post: operations["restore-task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * A page of all of the user's data
         * @description All tasks, also those in the trash, the newest first. `deleted_at` is null for tasks that are not in the trash.
         *     The pages work like those of the list: follow `Link` until there is none, and join the arrays. A page is shorter
         *     than `limit` if it would be larger than 4 MB.
         */
        get: operations["export-account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase all of the user's data
         * @description Everything is removed for good: the tasks, the trash, and what the API remembers of the user's requests. This
         *     cannot be undone, so offer the export first. If there is nothing to erase, the answer is the same. So this is
         *     safe to repeat.
         *
         *     The user can still sign in, because the account at the issuer is not touched. With a valid token, the user can
         *     start again by creating a task. Nothing from before matches then: an old `ETag` is a 412, an old cursor a 400,
         *     and an old `since` a 410. Delete everything that your client has stored.
         */
        delete: operations["erase-account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description A task. Every member is always present.
         * @example {
         *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
         *       "owner_user_id": "u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk",
         *       "title": "Renew the passport",
         *       "description": "Two photos.\nThe old passport.",
         *       "completed": false,
         *       "completed_at": null,
         *       "priority": "high",
         *       "due_date": "2026-12-01",
         *       "tags": [
         *         "errands",
         *         "Travel"
         *       ],
         *       "position": "e672b66c78947",
         *       "created_at": "2026-03-02T08:21:07.904113Z",
         *       "updated_at": "2026-03-02T08:21:07.904113Z",
         *       "deleted_at": null,
         *       "revision": 113436105607495
         *     }
         */
        Task: {
            /**
             * Format: uuid
             * @description The id that the client sent, or else one that the API made (UUID version 7).
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            readonly id: string;
            /**
             * @description The user who owns the task: the subject of the tokens, an opaque string of at most 255 bytes.
             * @example u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk
             */
            readonly owner_user_id: string;
            title: components["schemas"]["Title"];
            description: components["schemas"]["Description"];
            /**
             * @description Whether it is done.
             * @example false
             */
            completed: boolean;
            /** @description When it was completed; null if it is pending. */
            readonly completed_at: components["schemas"]["Time"] | null;
            priority: components["schemas"]["Priority"];
            /** @description When it is due, as a day or a time, as it was written. A time is shown in UTC. */
            due_date: components["schemas"]["Day"] | components["schemas"]["Time"] | null;
            /** @description In the order in which they were written. */
            tags: components["schemas"]["Tag"][];
            /**
             * @description Its place in the manual order, compared as text. A move can change other tasks' positions, too.
             * @example e672b66c78947
             */
            readonly position: string;
            readonly created_at: components["schemas"]["Time"];
            /** @description When it was last written, even if that changed nothing. */
            readonly updated_at: components["schemas"]["Time"];
            /** @description When it went into the trash; null if it is not there. */
            readonly deleted_at: components["schemas"]["Time"] | null;
            /**
             * Format: int64
             * @description The number of the task's last write. Every write of any of the user's tasks gets the next number, so the
             *     numbers give a user's writes an order. They are large from the beginning, but exact in JavaScript.
             * @example 113436105607495
             */
            readonly revision: number;
        };
        TaskList: components["schemas"]["Task"][];
        /** @description A new task. `title` is required. An absent or null field is empty; `completed` must not be null. */
        NewTask: {
            /**
             * Format: uuid
             * @description A UUID in the 36-character form. If it is absent or null, the API makes one.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id?: string | null;
            title: components["schemas"]["Title"];
            description?: components["schemas"]["Description"];
            /**
             * @description Whether it is done. A change also sets or clears `completed_at`.
             * @example true
             */
            completed?: boolean;
            /** @description Upper and lower case do not matter. Null means `none`. */
            priority?: components["schemas"]["Priority"] | null;
            due_date?: components["schemas"]["NewDueDate"];
            /** @description The API trims each tag and keeps equal ones once. Null means no tags. */
            tags?: components["schemas"]["Tag"][] | null;
            /** @description The API ignores it. */
            readonly owner_user_id?: unknown;
            /** @description The API ignores it. */
            readonly completed_at?: unknown;
            /** @description The API ignores it. */
            readonly position?: unknown;
            /** @description The API ignores it. */
            readonly created_at?: unknown;
            /** @description The API ignores it. */
            readonly updated_at?: unknown;
            /** @description The API ignores it. */
            readonly deleted_at?: unknown;
            /** @description The API ignores it. */
            readonly revision?: unknown;
        };
        /**
         * @description Any of the fields. A field that is absent stays as it is. Null clears `description`, `priority`, `due_date` and
         *     `tags`, and is refused for `title` and `completed`.
         */
        TaskPatch: {
            /** @description The API ignores it. */
            readonly id?: unknown;
            title?: components["schemas"]["Title"];
            description?: components["schemas"]["Description"];
            /**
             * @description Whether it is done. A change also sets or clears `completed_at`.
             * @example true
             */
            completed?: boolean;
            /** @description Upper and lower case do not matter. Null means `none`. */
            priority?: components["schemas"]["Priority"] | null;
            due_date?: components["schemas"]["NewDueDate"];
            /** @description The API trims each tag and keeps equal ones once. Null means no tags. */
            tags?: components["schemas"]["Tag"][] | null;
            /** @description The API ignores it. */
            readonly owner_user_id?: unknown;
            /** @description The API ignores it. */
            readonly completed_at?: unknown;
            /** @description The API ignores it. */
            readonly position?: unknown;
            /** @description The API ignores it. */
            readonly created_at?: unknown;
            /** @description The API ignores it. */
            readonly updated_at?: unknown;
            /** @description The API ignores it. */
            readonly deleted_at?: unknown;
            /** @description The API ignores it. */
            readonly revision?: unknown;
        };
        Completion: {
            /**
             * @description The state to set. If it is absent, the task is toggled.
             * @example true
             */
            completed?: boolean;
        };
        /** @description Either `after` or `before`, not both. */
        Place: {
            /**
             * Format: uuid
             * @description The task goes directly after the task with this id; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after?: string | null;
            /**
             * Format: uuid
             * @description The task goes directly before the task with this id; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before?: string | null;
        } & ({
            /**
             * Format: uuid
             * @description The task goes directly after the task with this id; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after: string | null;
        } | {
            /**
             * Format: uuid
             * @description The task goes directly before the task with this id; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before: string | null;
        });
        Batch: {
            /** @description The operations, in the order in which they are done. */
            operations: components["schemas"]["Operation"][];
        };
        /** @description One operation of a batch. `op` says which one; upper and lower case do not matter. */
        Operation: components["schemas"]["CreateOperation"] | components["schemas"]["UpdateOperation"] | components["schemas"]["CompleteOperation"] | components["schemas"]["MoveOperation"] | components["schemas"]["DeleteOperation"] | components["schemas"]["RestoreOperation"];
        /**
         * @description Creates a task. Give it an `id` if a later operation of the batch, or your own copy, must refer to it.
         * @example {
         *       "op": "create",
         *       "id": "019cb2ad-7f10-7a4e-9c55-2f60d7ab1e83",
         *       "task": {
         *         "title": "Book the ferry"
         *       }
         *     }
         */
        CreateOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "create";
            /**
             * Format: uuid
             * @description The new task's id, in the 36-character form. You can also write it in `task`; if both are given, they must
             *     be equal. If it is absent or null, the API makes one.
             * @example 019cb2ad-7f10-7a4e-9c55-2f60d7ab1e83
             */
            id?: string | null;
            task: components["schemas"]["NewTask"];
        };
        /**
         * @description Changes a task, as PATCH does.
         * @example {
         *       "op": "update",
         *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
         *       "task": {
         *         "due_date": null,
         *         "priority": "low"
         *       },
         *       "if_match": 113436105607495
         *     }
         */
        UpdateOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "update";
            /**
             * Format: uuid
             * @description The task's id.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            task: components["schemas"]["TaskPatch"];
            /**
             * Format: int64
             * @description The task's `revision` that you expect. If the task has another one, the whole batch is a 412. If it is
             *     absent or null, any revision is accepted.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Completes or reopens a task, as `completed` says. A batch has no toggle.
         * @example {
         *       "op": "complete",
         *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
         *       "completed": true
         *     }
         */
        CompleteOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "complete";
            /**
             * Format: uuid
             * @description The task's id.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * @description The state to set.
             * @example true
             */
            completed: boolean;
            /**
             * Format: int64
             * @description The task's `revision` that you expect. If the task has another one, the whole batch is a 412. If it is
             *     absent or null, any revision is accepted.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Moves a task to another place in the manual order. Give either `after` or `before`.
         * @example {
         *       "op": "move",
         *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
         *       "after": null
         *     }
         */
        MoveOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "move";
            /**
             * Format: uuid
             * @description The task's id.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: uuid
             * @description The task goes directly after the task with this id; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after?: string | null;
            /**
             * Format: uuid
             * @description The task goes directly before the task with this id; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before?: string | null;
            /**
             * Format: int64
             * @description The task's `revision` that you expect. If the task has another one, the whole batch is a 412. If it is
             *     absent or null, any revision is accepted.
             * @example 113436105607495
             */
            if_match?: number | null;
        } & ({
            /**
             * Format: uuid
             * @description The task goes directly after the task with this id; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after: string | null;
        } | {
            /**
             * Format: uuid
             * @description The task goes directly before the task with this id; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before: string | null;
        });
        /**
         * @description Puts a task into the trash. A batch cannot remove a task for good.
         * @example {
         *       "op": "delete",
         *       "id": "019cad9e-0cee-752e-89a7-834df2a74de4"
         *     }
         */
        DeleteOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "delete";
            /**
             * Format: uuid
             * @description The task's id.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: int64
             * @description The task's `revision` that you expect. If the task has another one, the whole batch is a 412. If it is
             *     absent or null, any revision is accepted.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Restores a task from the trash. A task that is not in the trash stays as it is.
         * @example {
         *       "op": "restore",
         *       "id": "019cad9e-0cee-752e-89a7-834df2a74de4"
         *     }
         */
        RestoreOperation: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            op: "restore";
            /**
             * Format: uuid
             * @description The task's id.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: int64
             * @description The task's `revision` that you expect. If the task has another one, the whole batch is a 412. If it is
             *     absent or null, any revision is accepted.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        BatchResults: {
            /** @description One result for each operation, in their order. */
            results: components["schemas"]["BatchResult"][];
        };
        /** @description The result of one operation, as if it had been sent alone. */
        BatchResult: {
            /**
             * @description 201 for a create, else 200.
             * @example 201
             * @enum {integer}
             */
            status: 200 | 201;
            /**
             * @description The task after this operation. It is absent if all tasks together would be larger than 4 MB. Then read
             *     the task, or follow the changes.
             */
            task?: components["schemas"]["Task"];
        } | {
            /**
             * @description 204 for a delete. 404 if the operation was done but another request has deleted its task since. That is
             *     rare: it happens only if the connection to the database breaks in between, and the batch has no
             *     `Idempotency-Key`.
             * @example 204
             * @enum {integer}
             */
            status: 204 | 404;
        };
        /** @description A page of changes. An id is in `tasks` or in `deleted`, never in both. */
        Changes: {
            /**
             * @description The tasks that were created, changed or restored, in their current state and in the order of their
             *     revisions. None of them is in the trash.
             */
            tasks: components["schemas"]["Task"][];
            /** @description The ids of the tasks that were deleted, also into the trash, in the order of the deletions. */
            deleted: string[];
            /** @description The value of `since` for the next request. Store it with the copy. */
            next: components["schemas"]["Token"];
            /**
             * @description Whether there are more changes already. If so, ask again at once.
             * @example false
             */
            more: boolean;
        };
        /**
         * @description An opaque token that says which changes the client has seen.
         * @example AZssbw5POk1SigtcfR4vOksAAGcrZseJRw
         */
        Token: string;
        /**
         * @description What is to be done. The API removes the white space around it; then it has 1 to 200 characters. At least one of
         *     them must be visible: the pattern lists the invisible ones. Postgres cannot store the character NUL.
         * @example Buy milk
         */
        Title: string;
        /**
         * @description 1 to 50 characters without the white space around it, at least one of them visible. No commas.
         * @example errands
         */
        Tag: string;
        /**
         * @description More about the task. It is not trimmed. Postgres cannot store the character NUL.
         * @example Two photos.
         *     The old passport.
         */
        Description: string | null;
        /**
         * @description How important the task is.
         * @example high
         * @enum {string}
         */
        Priority: "none" | "low" | "medium" | "high";
        /**
         * Format: date
         * @description A day of the years 1970 to 9999.
         * @example 2026-12-01
         */
        Day: string;
        /**
         * Format: date-time
         * @description A time as in RFC 3339 with an offset, in the years 1970 to 9999 in UTC. Digits after the microseconds are cut
         *     off.
         * @example 2026-12-01T09:30:00+01:00
         */
        Moment: string;
        /** @description A day or a time. Null and the empty text clear it. */
        NewDueDate: components["schemas"]["Day"] | components["schemas"]["Moment"] | "" | null;
        /**
         * Format: date-time
         * @description RFC 3339 in UTC, to the microsecond.
         * @example 2026-03-02T08:21:07.904113Z
         */
        Time: string;
        Health: {
            /**
             * @description Always `ok`.
             * @example ok
             * @constant
             */
            status: "ok";
        };
        /** @description The body of every error. */
        Error: {
            /**
             * @description What went wrong, for programs. A code never changes.
             * @example validation_failed
             * @enum {string}
             */
            code: "invalid_request" | "validation_failed" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "gone" | "precondition_failed" | "payload_too_large" | "unsupported_media_type" | "idempotency_key_reused" | "internal" | "database_unavailable" | "keys_unavailable";
            /**
             * @description What went wrong, for people.
             * @example The task is not valid.
             */
            message: string;
            /**
             * @description One sentence that you can show to a person: the first of `details`, or else `message`.
             * @example title: must be 1 to 200 characters, got 0
             */
            detail: string;
            /** @description What is wrong with each field, parameter or header. It can be empty. */
            details: components["schemas"]["Detail"][];
        };
        Detail: {
            /**
             * @description The name as in the request, cut at 64 characters; `body` for the body as a whole.
             * @example title
             */
            field: string;
            /**
             * @description What is wrong, and what would be right.
             * @example must be 1 to 200 characters, got 0
             */
            message: string;
            /**
             * @description The index of the operation in a batch, counted from 0. Only answers to a batch have it.
             * @example 3
             */
            operation?: number;
        };
    };
    responses: {
        /** @description The API answers. */
        Healthy: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "ok"
                 *     }
                 */
                "application/json": components["schemas"]["Health"];
            };
        };
        /** @description The document as JSON, in the order of `openapi.yaml`. */
        Document: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control-file"];
                Vary: components["headers"]["Vary-file"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-file"];
                "Content-Encoding": components["headers"]["Content-Encoding"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "openapi": "3.1.0",
                 *       "info": {
                 *         "title": "Tasks",
                 *         "version": "0.1.0"
                 *       },
                 *       "paths": {}
                 *     }
                 */
                "application/json": {
                    /** @example 3.1.0 */
                    openapi: string;
                    info: Record<string, never>;
                    paths: Record<string, never>;
                };
            };
        };
        /** @description The page, in UTF-8. */
        Page: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control-file"];
                Vary: components["headers"]["Vary-file"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-file"];
                "Content-Encoding": components["headers"]["Content-Encoding"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                [name: string]: unknown;
            };
            content: {
                "text/html": unknown;
            };
        };
        /** @description The file. Text is in UTF-8. */
        File: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control-file"];
                Vary: components["headers"]["Vary-file"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-file"];
                "Content-Encoding": components["headers"]["Content-Encoding"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                [name: string]: unknown;
            };
            content: {
                "text/javascript": unknown;
                "text/css": unknown;
                "image/png": unknown;
            };
        };
        /** @description The client has the current file, as `If-None-Match` says. No body. */
        FileNotModified: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control-file"];
                Vary: components["headers"]["Vary-file"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-file"];
                "Content-Security-Policy": components["headers"]["Content-Security-Policy"];
                "X-Content-Type-Options": components["headers"]["X-Content-Type-Options"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A page of tasks, possibly empty. */
        TaskList: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-list"];
                Link: components["headers"]["Link"];
                "X-Total-Count": components["headers"]["X-Total-Count"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TaskList"];
            };
        };
        /** @description A page of all tasks and the trash, possibly empty. */
        Export: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-list"];
                Link: components["headers"]["Link-export"];
                "X-Total-Count": components["headers"]["X-Total-Count"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TaskList"];
            };
        };
        /** @description The client has the current state of the user's tasks, as `If-None-Match` says. No body. */
        ListNotModified: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-list"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The task in its current state. */
        Task: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
                 *       "owner_user_id": "u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk",
                 *       "title": "Renew the passport",
                 *       "description": "Two photos.\nThe old passport.",
                 *       "completed": false,
                 *       "completed_at": null,
                 *       "priority": "high",
                 *       "due_date": "2026-12-01",
                 *       "tags": [
                 *         "errands",
                 *         "Travel"
                 *       ],
                 *       "position": "e672b66c78947",
                 *       "created_at": "2026-03-02T08:21:07.904113Z",
                 *       "updated_at": "2026-03-02T08:21:07.904113Z",
                 *       "deleted_at": null,
                 *       "revision": 113436105607495
                 *     }
                 */
                "application/json": components["schemas"]["Task"];
            };
        };
        /**
         * @description The new task. A repetition with the same `Idempotency-Key` gets the task as it was then. To see its current
         *     state, read it.
         */
        TaskCreated: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag"];
                Location: components["headers"]["Location"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "id": "019cada3-04c0-7651-8317-1ff4a6a3a450",
                 *       "owner_user_id": "u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk",
                 *       "title": "Renew the passport",
                 *       "description": "Two photos.\nThe old passport.",
                 *       "completed": false,
                 *       "completed_at": null,
                 *       "priority": "high",
                 *       "due_date": "2026-12-01",
                 *       "tags": [
                 *         "errands",
                 *         "Travel"
                 *       ],
                 *       "position": "e672b66c78947",
                 *       "created_at": "2026-03-02T08:21:07.904113Z",
                 *       "updated_at": "2026-03-02T08:21:07.904113Z",
                 *       "deleted_at": null,
                 *       "revision": 113436105607495
                 *     }
                 */
                "application/json": components["schemas"]["Task"];
            };
        };
        /** @description The client has the current task, as `If-None-Match` says. No body. */
        TaskNotModified: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The task is in the trash, or gone for good. No body. */
        Deleted: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Nothing of the user is left. No body. */
        Erased: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A page of changes, possibly empty. */
        Changes: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Changes"];
            };
        };
        /**
         * @description All operations are done. `results` has one result for each, in their order. A repetition with the same
         *     `Idempotency-Key` gets the tasks as they were then.
         */
        BatchDone: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "results": [
                 *         {
                 *           "status": 201,
                 *           "task": {
                 *             "id": "019cb2ad-7f10-7a4e-9c55-2f60d7ab1e83",
                 *             "owner_user_id": "u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk",
                 *             "title": "Book the ferry",
                 *             "description": null,
                 *             "completed": false,
                 *             "completed_at": null,
                 *             "priority": "medium",
                 *             "due_date": null,
                 *             "tags": [
                 *               "Travel"
                 *             ],
                 *             "position": "e672b66c7894a",
                 *             "created_at": "2026-03-04T07:02:11.640218Z",
                 *             "updated_at": "2026-03-04T07:02:11.640218Z",
                 *             "deleted_at": null,
                 *             "revision": 113436105607498
                 *           }
                 *         },
                 *         {
                 *           "status": 200,
                 *           "task": {
                 *             "id": "019cad9e-0cee-752e-89a7-834df2a74de4",
                 *             "owner_user_id": "u7Kq2mVbXc9RtYpLs0WnEaZdFgHj3iOk",
                 *             "title": "Buy milk",
                 *             "description": null,
                 *             "completed": true,
                 *             "completed_at": "2026-03-03T17:05:30.551902Z",
                 *             "priority": "none",
                 *             "due_date": "2026-03-03T18:00:00.000000Z",
                 *             "tags": [],
                 *             "position": "e672b66c78943",
                 *             "created_at": "2026-03-02T08:15:42.318245Z",
                 *             "updated_at": "2026-03-03T17:05:30.551902Z",
                 *             "deleted_at": null,
                 *             "revision": 113436105607496
                 *           }
                 *         },
                 *         {
                 *           "status": 204
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["BatchResults"];
            };
        };
        /**
         * @description `invalid_request`: the API cannot read the path, the query, a header or the body. `validation_failed`: the body
         *     can be read, but it is not a valid task. `details` names everything that is wrong.
         */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate-of-two"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description `invalid_request`: the API cannot read the path, the query, a header or the body. `validation_failed`: the body
         *     can be read, but some operations are not valid. `details` names everything that is wrong with all of them.
         *     `operation` is the operation's index. A field in `task` is named like `task.title`. Nothing of the batch was
         *     done.
         */
        BatchInvalid: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate-of-two"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no bearer token, or it has expired or is not valid. */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unauthorized",
                 *       "message": "A valid bearer token is needed. The header WWW-Authenticate says what is wrong.",
                 *       "detail": "A valid bearer token is needed. The header WWW-Authenticate says what is wrong.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The path names another user than the token. The answer does not say whether that user exists. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "forbidden",
                 *       "message": "The path names another user: use your own id, or `me`.",
                 *       "detail": "The path names another user: use your own id, or `me`.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The user has no such task, or it is in the trash and this operation does not look there. The answer is the same
         *     for another user's task.
         */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "message": "There is no such task.",
                 *       "detail": "There is no such task.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The page has no such file. */
        NoSuchFile: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "message": "There is no such file.",
                 *       "detail": "There is no such file.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The task was created, but another request deleted it before this request had its answer. This is rare: it
         *     happens only if the connection to the database breaks in between. With an `Idempotency-Key` the answer is a 201
         *     even then.
         */
        GoneAlready: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "message": "There is no such task.",
                 *       "detail": "There is no such task.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The user does not have the task of an operation, or the task is in the trash and the operation is not a restore.
         *     Nothing of the batch was done.
         */
        BatchNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "message": "There is no such task.",
                 *       "detail": "operation 3, id: There is no such task.",
                 *       "details": [
                 *         {
                 *           "field": "id",
                 *           "message": "There is no such task.",
                 *           "operation": 3
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The API no longer knows everything that has changed since then. The reason is one of three: the API forgets
         *     deletions after 90 days, the account was erased, or the database was restored to an earlier state. Delete the
         *     copy and the stored `next`, and start without `since`. Repeating the request does not help.
         */
        Gone: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "gone",
                 *       "message": "What has changed since then is no longer known: forget what you have, and start without `since`.",
                 *       "detail": "What has changed since then is no longer known: forget what you have, and start without `since`.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description For a create: the user already has a task with this `id`, maybe in the trash. For a move: there is no room left
         *     at this place, after thousands of moves to it. Nothing was written.
         */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description An operation has a conflict, as with a single create or move. Nothing of the batch was done. */
        BatchConflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "conflict",
                 *       "message": "You have a task of this id already.",
                 *       "detail": "operation 0, id: You have a task of this id already.",
                 *       "details": [
                 *         {
                 *           "field": "id",
                 *           "message": "You have a task of this id already.",
                 *           "operation": 0
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The task of an operation has another revision than its `if_match`. Nothing of the batch was done. */
        BatchPreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "precondition_failed",
                 *       "message": "The task is at another revision than you name: read it again, then repeat your change.",
                 *       "detail": "operation 2, if_match: The task is at another revision than you name: read it again, then repeat your change.",
                 *       "details": [
                 *         {
                 *           "field": "if_match",
                 *           "message": "The task is at another revision than you name: read it again, then repeat your change.",
                 *           "operation": 2
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description A different request was sent with this `Idempotency-Key` within the last 24 hours. Nothing was done. This is a
         *     mistake of the client: a key belongs to one request, and a changed request needs a new key.
         */
        KeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "idempotency_key_reused",
                 *       "message": "This `Idempotency-Key` was sent with another request before: give each request a key of its own.",
                 *       "detail": "This `Idempotency-Key` was sent with another request before: give each request a key of its own.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The task has another revision than `If-Match` names. Nothing was changed. `ETag` is the task's current tag. It
         *     is missing if no tag in `If-Match` can be a tag of this API.
         */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                ETag: components["headers"]["ETag-if-known"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body has more than 128 KiB. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "payload_too_large",
                 *       "message": "A body has at most 131072 bytes.",
                 *       "detail": "A body has at most 131072 bytes.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body has more than 1 MiB. Send fewer operations at once. */
        BatchTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "payload_too_large",
                 *       "message": "A body has at most 1048576 bytes.",
                 *       "detail": "A body has at most 1048576 bytes.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is a body, and its `Content-Type` is missing or not JSON. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unsupported_media_type",
                 *       "message": "A body is JSON: send `Content-Type: application/json`.",
                 *       "detail": "A body is JSON: send `Content-Type: application/json`.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A defect of the API. The cause is in its log, under the answer's `X-Request-Id`. */
        Internal: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "internal",
                 *       "message": "Something went wrong on our side.",
                 *       "detail": "Something went wrong on our side.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description Repeat the request after `Retry-After` seconds.
         *
         *     `database_unavailable`: for 8 seconds, the API could not reach the database or was not allowed to connect. The
         *     database may be waking up. A write may have been done even so. Repeat a create or a batch with its
         *     `Idempotency-Key`, and read the task before you repeat a toggle. A search or a count that takes too long gets
         *     this answer, too.
         *
         *     `keys_unavailable`: the API has never reached the issuer's keys, so it could not check the token. Nothing was
         *     done.
         */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Cache-Control": components["headers"]["Cache-Control"];
                Vary: components["headers"]["Vary"];
                "X-Ignored": components["headers"]["X-Ignored"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /**
         * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
         *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
         * @example me
         */
        user_id: string;
        /**
         * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
         * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
         */
        task_id: string;
        /** @description Whether to list the trash instead of the other tasks. */
        deleted: boolean;
        /** @description Whether to remove the task for good. With it, a task in the trash is found, too. */
        permanent: boolean;
        /**
         * @description The `next` of an earlier answer. If absent, everything counts as new. It is opaque: do not make or parse it. An
         *     invalid token is a 400. A token whose changes are no longer known is a 410.
         */
        since: components["schemas"]["Token"];
        /** @description The maximum number of changes in the answer, tasks and deleted ids together. */
        "limit-changes": number;
        /** @description Only pending tasks, or only completed tasks. */
        status: "all" | "pending" | "completed";
        /** @description Only tasks with one of these priorities, separated by commas. */
        priority: components["schemas"]["Priority"][];
        /** @description Only tasks with all of these tags, separated by commas. Upper and lower case differ. */
        tags: components["schemas"]["Tag"][];
        /**
         * @description Only tasks with this text in `title` or `description`. Upper and lower case do not matter, also outside ASCII.
         *     There are no wildcards. Composed and decomposed accents differ.
         */
        search: string;
        /** @description Another name of `search`. */
        q: string;
        /** @description Only tasks that are due before this time, or before this day begins (in UTC). */
        due_before: components["schemas"]["Day"] | components["schemas"]["Moment"];
        /**
         * @description Only tasks that are due after this time, or after this day ends (in UTC). A task that is due on a day is due at
         *     the end of that day. Write the plus sign of an offset as `%2B` in a URL.
         */
        due_after: components["schemas"]["Day"] | components["schemas"]["Moment"];
        /**
         * @description The field that orders the tasks. `title` is compared in lower case, code point by code point. The order of the
         *     priorities is `none`, `low`, `medium`, `high`. Tasks without a due date come last in both directions.
         */
        sort: "created_at" | "updated_at" | "due_date" | "priority" | "title" | "position";
        /** @description Another name of `sort`. */
        sort_by: "created_at" | "updated_at" | "due_date" | "priority" | "title" | "position";
        /**
         * @description Whether the smallest (`asc`) or the greatest (`desc`) come first. The default is `desc` for `created_at`,
         *     `updated_at` and `priority`, and `asc` for the others.
         */
        order: "asc" | "desc";
        /** @description Another name of `order`. */
        sort_order: "asc" | "desc";
        /** @description The maximum number of tasks in the answer. */
        limit: number;
        /**
         * @description How many tasks to skip. A cursor is better: the API has to read every skipped task, and tasks that are created
         *     or deleted in the meantime shift the pages. The default is 0. `offset` and `cursor` together are a 400.
         */
        offset: number;
        /** @description Another name of `offset`. */
        skip: number;
        /**
         * @description Where the page begins. Take it from the `Link` of the previous page, which also repeats the other parameters. It
         *     is opaque: do not make or parse it. It does not expire. It is valid only with the same sort, order and filters.
         */
        cursor: string;
        /**
         * @description Whether to send `X-Total-Count` with any filter. Without filters, with `status` alone and with `deleted` alone
         *     the total is free and always sent. Otherwise the API has to count all tasks that pass the filters.
         */
        count: boolean;
        /**
         * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
         *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
         *     is not an entity tag is a 400.
         */
        "If-Match": string | "*" | unknown;
        /** @description One or more `ETag`s. With the task's current one, or with `*`, the answer is 304 without a body. */
        "If-None-Match": string;
        /**
         * @description One or more `ETag`s of lists. If the user has written nothing since, or with `*`, the answer is 304 without a
         *     body. All filters, orders and pages and the export have the same tag. So send the tag that you got from this
         *     very URL.
         */
        "If-None-Match-list": string;
        /** @description One or more `ETag`s. With the file's current one, or with `*`, the answer is 304 without a body. */
        "If-None-Match-file": string;
        /**
         * @description The file's name, as the page refers to it.
         * @example swagger-ui.css
         */
        file: string;
        /**
         * @description A name for this request, for example a new UUID: 1 to 255 visible ASCII characters. With it you can repeat the
         *     request for 24 hours, and it is done once. A repetition gets the same status and body again, with
         *     `Idempotency-Replayed: true`, even if the tasks have changed since.
         *
         *     Two requests are the same if their JSON is the same. The order of members and the white space between them do
         *     not matter. A different request with the same key is a 422. If two requests with one key arrive at once, the
         *     second waits and is a repetition. A refusal is not kept. Different users can use the same key. Double quotes are
         *     part of the key. Other operations ignore this header.
         */
        "Idempotency-Key": string;
    };
    requestBodies: {
        /** @description A JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
        NewTask: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        /** @description A JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
        TaskPatch: {
            content: {
                "application/json": components["schemas"]["TaskPatch"];
            };
        };
        /** @description No body, or a JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
        Completion: {
            content: {
                "application/json": components["schemas"]["Completion"];
            };
        };
        /** @description A JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
        Place: {
            content: {
                "application/json": components["schemas"]["Place"];
            };
        };
        /** @description A JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
        Batch: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
    };
    headers: {
        /**
         * @description The id of this request in the API's logs. Quote it when you report a problem.
         * @example WkzB3jAoFiAEPXA=
         */
        "X-Request-Id": string;
        /**
         * @description A browser may keep the answer, but must ask before it uses it again. A shared cache keeps nothing.
         * @example private, no-cache
         */
        "Cache-Control": "private, no-cache";
        /**
         * @description The answer depends on the user. A gateway may add other header names for CORS.
         * @example Authorization
         */
        Vary: string;
        /**
         * @description The unknown parameters and members that the API dropped, percent-encoded: up to 20 names, each cut at 64
         *     characters. The API sends it only with `UNKNOWN_INPUT=ignore`.
         * @example colour, due%5Fin
         */
        "X-Ignored": string;
        /**
         * @description The task's state, for `If-Match` and `If-None-Match`.
         * @example "2.113436105607495"
         */
        ETag: string;
        /**
         * @description The task's current state, if the API looked it up.
         * @example "2.113436105607496"
         */
        "ETag-if-known": string;
        /**
         * @description The state of all of the user's tasks, for the `If-None-Match` of every list.
         * @example "2.9b2c6f0e-4f3a-4d52-8a0b-5c7d1e2f3a4b.113436105607496"
         */
        "ETag-list": string;
        /**
         * @description The number of tasks on all pages together. It is sent if there is no filter, only `status` or only `deleted`,
         *     and otherwise with `count=true`.
         * @example 42
         */
        "X-Total-Count": number;
        /**
         * @description Sent if the request was done before with the same `Idempotency-Key`. This is the answer from then.
         * @example true
         */
        "Idempotency-Replayed": "true";
        /**
         * @description The new task's path. Its user is `me` or the subject, as in the request.
         * @example /api/me/tasks/019cada3-04c0-7651-8317-1ff4a6a3a450
         */
        Location: string;
        /**
         * @description The next page (RFC 8288). The last page has none. The path is absolute: resolve it against the address of the
         *     request.
         * @example </api/me/tasks?status=pending&limit=2&cursor=AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZR>; rel="next"
         */
        Link: string;
        /**
         * @description The next page (RFC 8288). The last page has none. The path is absolute: resolve it against the address of the
         *     request.
         * @example </api/me/export?limit=500&cursor=AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZR>; rel="next"
         */
        "Link-export": string;
        /**
         * @description How long to wait before the next request, in seconds.
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description What is missing or wrong (RFC 6750).
         * @example Bearer realm="tasks", error="invalid_token", error_description="the token has expired"
         */
        "WWW-Authenticate": string;
        /**
         * @description Sent if a request has more than one bearer token. The API then checks none of them (RFC 6750).
         * @example Bearer realm="tasks", error="invalid_request"
         */
        "WWW-Authenticate-of-two": string;
        /**
         * @description The files of Swagger UI may be kept for a day. Everything else must be checked again before use.
         * @example public, no-cache
         */
        "Cache-Control-file": "public, no-cache" | "public, max-age=86400";
        /**
         * @description There is a compressed form, too. A gateway may add other header names for CORS.
         * @example Accept-Encoding
         */
        "Vary-file": string;
        /**
         * @description Identifies the bytes that were sent, for `If-None-Match`.
         * @example "6f1e0a52c9d47b38-gzip"
         */
        "ETag-file": string;
        /**
         * @description Sent if the client's `Accept-Encoding` allows gzip and gzip makes the file smaller.
         * @example gzip
         */
        "Content-Encoding": "gzip";
        /**
         * @description The page may load scripts, styles and pictures only from this API, and send requests only to it.
         * @example default-src 'none'; script-src 'self'; connect-src 'self'
         */
        "Content-Security-Policy": string;
        /**
         * @description A browser must not guess another type than `Content-Type`.
         * @example nosniff
         */
        "X-Content-Type-Options": "nosniff";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
            400: components["responses"]["BadRequest"];
            500: components["responses"]["Internal"];
        };
    };
    "get-openapi": {
        parameters: {
            query?: never;
            header?: {
                /** @description One or more `ETag`s. With the file's current one, or with `*`, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match-file"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Document"];
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            500: components["responses"]["Internal"];
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: {
                /** @description One or more `ETag`s. With the file's current one, or with `*`, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match-file"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Page"];
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            500: components["responses"]["Internal"];
        };
    };
    "get-docs-file": {
        parameters: {
            query?: never;
            header?: {
                /** @description One or more `ETag`s. With the file's current one, or with `*`, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match-file"];
            };
            path: {
                /**
                 * @description The file's name, as the page refers to it.
                 * @example swagger-ui.css
                 */
                file: components["parameters"]["file"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["File"];
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NoSuchFile"];
            500: components["responses"]["Internal"];
        };
    };
    "list-tasks": {
        parameters: {
            query?: {
                /** @description Whether to list the trash instead of the other tasks. */
                deleted?: components["parameters"]["deleted"];
                /** @description Only pending tasks, or only completed tasks. */
                status?: components["parameters"]["status"];
                /** @description Only tasks with one of these priorities, separated by commas. */
                priority?: components["parameters"]["priority"];
                /** @description Only tasks with all of these tags, separated by commas. Upper and lower case differ. */
                tags?: components["parameters"]["tags"];
                /**
                 * @description Only tasks with this text in `title` or `description`. Upper and lower case do not matter, also outside ASCII.
                 *     There are no wildcards. Composed and decomposed accents differ.
                 */
                search?: components["parameters"]["search"];
                /** @description Another name of `search`. */
                q?: components["parameters"]["q"];
                /** @description Only tasks that are due before this time, or before this day begins (in UTC). */
                due_before?: components["parameters"]["due_before"];
                /**
                 * @description Only tasks that are due after this time, or after this day ends (in UTC). A task that is due on a day is due at
                 *     the end of that day. Write the plus sign of an offset as `%2B` in a URL.
                 */
                due_after?: components["parameters"]["due_after"];
                /**
                 * @description The field that orders the tasks. `title` is compared in lower case, code point by code point. The order of the
                 *     priorities is `none`, `low`, `medium`, `high`. Tasks without a due date come last in both directions.
                 */
                sort?: components["parameters"]["sort"];
                /** @description Another name of `sort`. */
                sort_by?: components["parameters"]["sort_by"];
                /**
                 * @description Whether the smallest (`asc`) or the greatest (`desc`) come first. The default is `desc` for `created_at`,
                 *     `updated_at` and `priority`, and `asc` for the others.
                 */
                order?: components["parameters"]["order"];
                /** @description Another name of `order`. */
                sort_order?: components["parameters"]["sort_order"];
                /** @description The maximum number of tasks in the answer. */
                limit?: components["parameters"]["limit"];
                /**
                 * @description How many tasks to skip. A cursor is better: the API has to read every skipped task, and tasks that are created
                 *     or deleted in the meantime shift the pages. The default is 0. `offset` and `cursor` together are a 400.
                 */
                offset?: components["parameters"]["offset"];
                /** @description Another name of `offset`. */
                skip?: components["parameters"]["skip"];
                /**
                 * @description Where the page begins. Take it from the `Link` of the previous page, which also repeats the other parameters. It
                 *     is opaque: do not make or parse it. It does not expire. It is valid only with the same sort, order and filters.
                 */
                cursor?: components["parameters"]["cursor"];
                /**
                 * @description Whether to send `X-Total-Count` with any filter. Without filters, with `status` alone and with `deleted` alone
                 *     the total is free and always sent. Otherwise the API has to count all tasks that pass the filters.
                 */
                count?: components["parameters"]["count"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s of lists. If the user has written nothing since, or with `*`, the answer is 304 without a
                 *     body. All filters, orders and pages and the export have the same tag. So send the tag that you got from this
                 *     very URL.
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match-list"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["TaskList"];
            304: components["responses"]["ListNotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "create-task": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A name for this request, for example a new UUID: 1 to 255 visible ASCII characters. With it you can repeat the
                 *     request for 24 hours, and it is done once. A repetition gets the same status and body again, with
                 *     `Idempotency-Replayed: true`, even if the tasks have changed since.
                 *
                 *     Two requests are the same if their JSON is the same. The order of members and the white space between them do
                 *     not matter. A different request with the same key is a 422. If two requests with one key arrive at once, the
                 *     second waits and is a repetition. A refusal is not kept. Different users can use the same key. Double quotes are
                 *     part of the key. Other operations ignore this header.
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["NewTask"];
        responses: {
            201: components["responses"]["TaskCreated"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["GoneAlready"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "list-changes": {
        parameters: {
            query?: {
                /**
                 * @description The `next` of an earlier answer. If absent, everything counts as new. It is opaque: do not make or parse it. An
                 *     invalid token is a 400. A token whose changes are no longer known is a 410.
                 */
                since?: components["parameters"]["since"];
                /** @description The maximum number of changes in the answer, tasks and deleted ids together. */
                limit?: components["parameters"]["limit-changes"];
            };
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Changes"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            410: components["responses"]["Gone"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "batch-tasks": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A name for this request, for example a new UUID: 1 to 255 visible ASCII characters. With it you can repeat the
                 *     request for 24 hours, and it is done once. A repetition gets the same status and body again, with
                 *     `Idempotency-Replayed: true`, even if the tasks have changed since.
                 *
                 *     Two requests are the same if their JSON is the same. The order of members and the white space between them do
                 *     not matter. A different request with the same key is a 422. If two requests with one key arrive at once, the
                 *     second waits and is a repetition. A refusal is not kept. Different users can use the same key. Double quotes are
                 *     part of the key. Other operations ignore this header.
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Batch"];
        responses: {
            200: components["responses"]["BatchDone"];
            400: components["responses"]["BatchInvalid"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["BatchNotFound"];
            409: components["responses"]["BatchConflict"];
            412: components["responses"]["BatchPreconditionFailed"];
            413: components["responses"]["BatchTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-task": {
        parameters: {
            query?: never;
            header?: {
                /** @description One or more `ETag`s. With the task's current one, or with `*`, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Task"];
            304: components["responses"]["TaskNotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "update-task-by-put": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["TaskPatch"];
        responses: {
            200: components["responses"]["Task"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "delete-task": {
        parameters: {
            query?: {
                /** @description Whether to remove the task for good. With it, a task in the trash is found, too. */
                permanent?: components["parameters"]["permanent"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Deleted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "update-task": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["TaskPatch"];
        responses: {
            200: components["responses"]["Task"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "complete-task": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["Completion"];
        responses: {
            200: components["responses"]["Task"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "move-task": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Place"];
        responses: {
            200: components["responses"]["Task"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-task": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if one of them is its current tag. Otherwise the answer is 412.
                 *     With `*`, or without the header, any revision is accepted. A weak tag (`W/"2.…"`) never matches. Anything that
                 *     is not an entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`, a UUID in its 36-character form. Anything else is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Task"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "export-account": {
        parameters: {
            query?: {
                /** @description The maximum number of tasks in the answer. */
                limit?: components["parameters"]["limit"];
                /**
                 * @description Where the page begins. Take it from the `Link` of the previous page, which also repeats the other parameters. It
                 *     is opaque: do not make or parse it. It does not expire. It is valid only with the same sort, order and filters.
                 */
                cursor?: components["parameters"]["cursor"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s of lists. If the user has written nothing since, or with `*`, the answer is 304 without a
                 *     body. All filters, orders and pages and the export have the same tag. So send the tag that you got from this
                 *     very URL.
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match-list"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Export"];
            304: components["responses"]["ListNotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    "erase-account": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded. Any other value is a 403. If the subject contains a slash, only
                 *     `me` works, because API Gateway treats an encoded slash (`%2F`) as a separator, too.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Erased"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
