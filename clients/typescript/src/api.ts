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
         * Whether the API answers
         * @description It does not ask the database, which a probe would otherwise keep awake. No token is needed.
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
         * @description It is made of the repository's `openapi.yaml` while the API is built. No token is needed.
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
         * A page to try the API with
         * @description Swagger UI with this document. *Authorize* takes a token; the page sends it to this API and keeps it nowhere. No
         *     token is needed for the page itself. A deployment may have switched it off, together with `/openapi.json`.
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
         * What the page is made of
         * @description Scripts, styles and a picture. The page loads nothing from elsewhere.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * A page of the tasks, the newest first if you ask for no other order
         * @description All filters must hold at once. Tasks in the trash are left out, unless `deleted=true` asks for them; the other
         *     filters and every order work there, too. Every order is total: the `id` breaks ties. Follow `Link` until there
         *     is none: every page by cursor costs the same, and tasks made or deleted meanwhile shift none. A page can end
         *     before `limit` where it would weigh more than 4 MB.
         *
         *     Enumerated values are read in any case of letters. `sort_by`, `sort_order`, `q` and `skip` are other names of
         *     `sort`, `order`, `search` and `offset`, for clients that send them; each counts as the same parameter.
         */
        get: operations["list-tasks"];
        put?: never;
        /**
         * Make a task
         * @description The task goes to the end of the manual order. The first task makes the user, too; there is no sign-up. The
         *     server makes the task's id, unless the client sends one.
         *
         *     Send an `Idempotency-Key` to make a create safe to repeat: you get the first answer again. An id of the client's
         *     keeps it from being made twice, too, but a repetition is a 409 then.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * What has changed since you last asked
         * @description A page of the changes, the oldest first: each task that was written since, as it now is, and the id of each that
         *     was deleted since. A task that has changed several times stands there once. A task in the trash counts as
         *     deleted; one that is restored, as written. An id in `deleted` may be one that the client has never seen.
         *
         *     Without `since`, begin with no tasks: the pages then tell of all there are. Go on with `since` set to `next`,
         *     at once while `more` is true. Changes that are made meanwhile come on a later page; none is missed. Where
         *     nothing is new, the answer is small and cheap, however many tasks there are. Your own writes are told, too.
         *
         *     A page can end before `limit` where it would weigh more than 4 MB.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
         * @description 1 to 100 operations, done in their order. A later one can touch what an earlier one has made. Each does what the
         *     operation of its name does alone, and gives its task a revision of its own. If one of them is refused, nothing
         *     of the batch has happened, and the answer is that operation's error with `operation`, its index, in `details`.
         *
         *     Send an `Idempotency-Key`, and repeat the batch with the same key until it is answered. Without a key, a
         *     repetition does everything once more: a task is made twice, unless it has an `id` of the client's.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        /**
         * One task
         * @description A client that has the task as it is gets 304.
         */
        get: operations["get-task"];
        /**
         * Change a task, as PATCH does
         * @description The same operation by another name, for clients that change tasks with PUT. It does not replace the task: what
         *     is absent stays as it is, so that a client does not wipe fields which it does not know.
         */
        put: operations["update-task-by-put"];
        post?: never;
        /**
         * Put a task into the trash, or remove it for good
         * @description The task goes into the trash, from where it can be restored for 30 days. With `permanent=true` it is removed for
         *     good, whether it is in the trash or not. A second request of the same is a 404.
         */
        delete: operations["delete-task"];
        options?: never;
        head?: never;
        /**
         * Change a task
         * @description What is absent stays as it is. What is null is cleared.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
         * @description Without a body, or with `{}`, it toggles. With `{"completed": true}` or `false` it sets, which is safe to repeat
         *     when an answer was lost: a task completed twice keeps its first `completed_at`.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a task at another place in the manual order
         * @description The manual order is that of `sort=position`. A move writes the task's `position`; a task that stands at the
         *     place already is not written. A move is safe to repeat.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
                 * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
                 */
                task_id: components["parameters"]["task_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a task back from the trash
         * @description The task is as it was before it was deleted, at its old place in the manual order. A task that is not in the
         *     trash is not written: a restore is safe to repeat. There is no body; one that is sent is not read.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
            };
            cookie?: never;
        };
        /**
         * A page of everything that the user has
         * @description All tasks, those in the trash included (`deleted_at` tells them apart), the newest first. It is paged like the
         *     list: follow `Link` until there is none, and put the arrays together. A page can end before `limit` where it
         *     would weigh more than 4 MB.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
         * Remove the user with all that is theirs
         * @description Everything is gone for good: the tasks, the trash, what the API remembers of the user's requests. There is no
         *     way back, so offer the export first. Where there is nothing, the answer is the same, so that it is safe to repeat.
         *
         *     The login is not touched; it belongs to the issuer of the tokens. With a token that still holds, the user can
         *     begin anew by making a task. Nothing from before matches then: an old `ETag` is a 412, an old cursor a 400, an
         *     old `since` a 410. Throw away what the client has stored.
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
         * @description A task. All of its members are always there.
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
             * @description The client's, if it sent one; otherwise the server has made it (UUID version 7).
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            readonly id: string;
            /**
             * @description Whose task it is: the subject of their tokens, an opaque string of at most 255 bytes.
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
            /** @description Since when it is done; null while it is not. */
            readonly completed_at: components["schemas"]["Time"] | null;
            priority: components["schemas"]["Priority"];
            /** @description When it is due, in the form in which it came. A moment is answered in UTC. */
            due_date: components["schemas"]["Day"] | components["schemas"]["Time"] | null;
            /** @description In the order in which they came. */
            tags: components["schemas"]["Tag"][];
            /**
             * @description Its place in the manual order. Compare it as text. A move changes it, now and then also of others.
             * @example e672b66c78947
             */
            readonly position: string;
            readonly created_at: components["schemas"]["Time"];
            /** @description When it was last written, even if that changed nothing. */
            readonly updated_at: components["schemas"]["Time"];
            /** @description Since when it is in the trash; null while it is not. */
            readonly deleted_at: components["schemas"]["Time"] | null;
            /**
             * Format: int64
             * @description A number that grows with every write of any of the user's tasks; the task bears that of its own last write.
             *     So it orders a user's writes, and goes up by more than one where other tasks were written in between. It is
             *     large from the beginning, and yet small enough to be exact in JavaScript.
             * @example 113436105607495
             */
            readonly revision: number;
        };
        TaskList: components["schemas"]["Task"][];
        /** @description A task to be made. `title` is required. What is absent or null is empty; `completed` may not be null. */
        NewTask: {
            /**
             * Format: uuid
             * @description A UUID of the client's, in the 36-character form. If it is absent or null, the server makes one.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id?: string | null;
            title: components["schemas"]["Title"];
            description?: components["schemas"]["Description"];
            /**
             * @description Whether it is done. It moves `completed_at` with it.
             * @example true
             */
            completed?: boolean;
            /** @description Read in any case of letters. Null is `none`. */
            priority?: components["schemas"]["Priority"] | null;
            due_date?: components["schemas"]["NewDueDate"];
            /** @description Trimmed. Equal ones are kept once. Null is none. */
            tags?: components["schemas"]["Tag"][] | null;
            /** @description Ignored where it is sent. */
            readonly owner_user_id?: unknown;
            /** @description Ignored where it is sent. */
            readonly completed_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly position?: unknown;
            /** @description Ignored where it is sent. */
            readonly created_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly updated_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly deleted_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly revision?: unknown;
        };
        /**
         * @description Any of the fields. What is absent stays as it is. Null clears `description`, `priority`, `due_date` and `tags`,
         *     and is refused for `title` and `completed`.
         */
        TaskPatch: {
            /** @description Ignored where it is sent. */
            readonly id?: unknown;
            title?: components["schemas"]["Title"];
            description?: components["schemas"]["Description"];
            /**
             * @description Whether it is done. It moves `completed_at` with it.
             * @example true
             */
            completed?: boolean;
            /** @description Read in any case of letters. Null is `none`. */
            priority?: components["schemas"]["Priority"] | null;
            due_date?: components["schemas"]["NewDueDate"];
            /** @description Trimmed. Equal ones are kept once. Null is none. */
            tags?: components["schemas"]["Tag"][] | null;
            /** @description Ignored where it is sent. */
            readonly owner_user_id?: unknown;
            /** @description Ignored where it is sent. */
            readonly completed_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly position?: unknown;
            /** @description Ignored where it is sent. */
            readonly created_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly updated_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly deleted_at?: unknown;
            /** @description Ignored where it is sent. */
            readonly revision?: unknown;
        };
        Completion: {
            /**
             * @description The state to set; without it, the task gets the other one.
             * @example true
             */
            completed?: boolean;
        };
        /** @description Either of the two. */
        Place: {
            /**
             * Format: uuid
             * @description The task's new place is directly behind this one; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after?: string | null;
            /**
             * Format: uuid
             * @description The task's new place is directly ahead of this one; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before?: string | null;
        } & ({
            /**
             * Format: uuid
             * @description The task's new place is directly behind this one; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after: string | null;
        } | {
            /**
             * Format: uuid
             * @description The task's new place is directly ahead of this one; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before: string | null;
        });
        Batch: {
            /** @description They are done in this order. */
            operations: components["schemas"]["Operation"][];
        };
        /** @description One operation of a batch. `op` says which; it is read in any case of letters. */
        Operation: components["schemas"]["CreateOperation"] | components["schemas"]["UpdateOperation"] | components["schemas"]["CompleteOperation"] | components["schemas"]["MoveOperation"] | components["schemas"]["DeleteOperation"] | components["schemas"]["RestoreOperation"];
        /**
         * @description Makes a task. Give it an `id` if a later operation of the batch, or your own copy, is to name it.
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
             * @description The new task's, in the 36-character form. It can also stand in `task`, but not another one. If it is absent
             *     or null, the server makes one.
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
             * @description The task's.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            task: components["schemas"]["TaskPatch"];
            /**
             * Format: int64
             * @description A task's `revision`. The operation is done only if the task is at it, else the whole batch is a 412. If it
             *     is absent or null, any revision will do.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Completes a task or reopens it, as `completed` says. There is no toggle in a batch.
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
             * @description The task's.
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
             * @description A task's `revision`. The operation is done only if the task is at it, else the whole batch is a 412. If it
             *     is absent or null, any revision will do.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Puts a task at another place in the manual order. Give either `after` or `before`.
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
             * @description The task's.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: uuid
             * @description The task's new place is directly behind this one; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after?: string | null;
            /**
             * Format: uuid
             * @description The task's new place is directly ahead of this one; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before?: string | null;
            /**
             * Format: int64
             * @description A task's `revision`. The operation is done only if the task is at it, else the whole batch is a 412. If it
             *     is absent or null, any revision will do.
             * @example 113436105607495
             */
            if_match?: number | null;
        } & ({
            /**
             * Format: uuid
             * @description The task's new place is directly behind this one; null puts it at the start.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            after: string | null;
        } | {
            /**
             * Format: uuid
             * @description The task's new place is directly ahead of this one; null puts it at the end.
             * @example 019cad9e-0cee-752e-89a7-834df2a74de4
             */
            before: string | null;
        });
        /**
         * @description Puts a task into the trash. A batch removes nothing for good.
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
             * @description The task's.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: int64
             * @description A task's `revision`. The operation is done only if the task is at it, else the whole batch is a 412. If it
             *     is absent or null, any revision will do.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        /**
         * @description Brings a task back from the trash; one that is not in it stays as it is.
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
             * @description The task's.
             * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
             */
            id: string;
            /**
             * Format: int64
             * @description A task's `revision`. The operation is done only if the task is at it, else the whole batch is a 412. If it
             *     is absent or null, any revision will do.
             * @example 113436105607495
             */
            if_match?: number | null;
        };
        BatchResults: {
            /** @description One for each operation, in their order. */
            results: components["schemas"]["BatchResult"][];
        };
        /** @description What an operation alone would have been answered. */
        BatchResult: {
            /**
             * @description 201 for a create, else 200.
             * @example 201
             * @enum {integer}
             */
            status: 200 | 201;
            /**
             * @description As this operation has left it. It is absent where all tasks together would weigh more than 4 MB: read
             *     it by itself, or by the changes.
             */
            task?: components["schemas"]["Task"];
        } | {
            /**
             * @description 204 for a delete. 404 where the operation was done but its task has been deleted since; this is rare: it
             *     takes a connection to the database that breaks in between, and a batch without an `Idempotency-Key`.
             * @example 204
             * @enum {integer}
             */
            status: 204 | 404;
        };
        /** @description A page of changes. An id stands in `tasks` or in `deleted`, never in both. */
        Changes: {
            /**
             * @description Those that were made, changed or restored, as they now are, in the order of their revisions. None is in the
             *     trash.
             */
            tasks: components["schemas"]["Task"][];
            /** @description The ids of those that were deleted, for good or not, in the order in which that happened. */
            deleted: string[];
            /** @description Where to go on, as `since`. Store it with the copy. */
            next: components["schemas"]["Token"];
            /**
             * @description Whether there are more changes already. While there are, ask on at once.
             * @example false
             */
            more: boolean;
        };
        /**
         * @description How much of the user's changes a client has seen.
         * @example AZssbw5POk1SigtcfR4vOksAAGcrZseJRw
         */
        Token: string;
        /**
         * @description What is to be done: 1 to 200 characters once the white space around them is removed, which the server does. One
         *     of them must be visible: the pattern lists what is not. Postgres cannot keep the character NUL.
         * @example Buy milk
         */
        Title: string;
        /**
         * @description 1 to 50 characters once the white space around them is removed, one of them visible, without a comma.
         * @example errands
         */
        Tag: string;
        /**
         * @description More about it, kept as it was written. Postgres cannot keep the character NUL.
         * @example Two photos.
         *     The old passport.
         */
        Description: string | null;
        /**
         * @description How much it matters.
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
         * @description RFC 3339 with an offset, within the years 1970 to 9999 in UTC. What is finer than a microsecond is cut off.
         * @example 2026-12-01T09:30:00+01:00
         */
        Moment: string;
        /** @description A day, or a moment. Null and the empty text clear it. */
        NewDueDate: components["schemas"]["Day"] | components["schemas"]["Moment"] | "" | null;
        /**
         * Format: date-time
         * @description RFC 3339 in UTC, to the microsecond.
         * @example 2026-03-02T08:21:07.904113Z
         */
        Time: string;
        Health: {
            /**
             * @description It is always this.
             * @example ok
             * @constant
             */
            status: "ok";
        };
        /** @description The body of every error. */
        Error: {
            /**
             * @description What went wrong, for programs. It does not change.
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
             * @description One sentence that can be shown to a person: the first of `details`, or else `message`.
             * @example title: must be 1 to 200 characters, got 0
             */
            detail: string;
            /** @description What is wrong with each field, parameter or header, as far as that is what the error is about. */
            details: components["schemas"]["Detail"][];
        };
        Detail: {
            /**
             * @description Its name as the request had it, cut at 64 characters; `body` for the body as a whole.
             * @example title
             */
            field: string;
            /**
             * @description What is wrong with it, and what would be right.
             * @example must be 1 to 200 characters, got 0
             */
            message: string;
            /**
             * @description Which operation of a batch it stands in, counted from 0. It is there in answers to a batch alone.
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
        /** @description The document as JSON. Its parts have the order of `openapi.yaml`. */
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
        /** @description The file is as `If-None-Match` says that the client has it. No body. */
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
        /** @description A page, possibly empty. */
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
        /** @description The user's tasks are as `If-None-Match` says that the client has them. No body. */
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
        /** @description The task as it now is. */
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
         * @description The task as it was made. A repetition under the same `Idempotency-Key` gets it as it was then; read the task to
         *     see what has become of it.
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
        /** @description The task is as `If-None-Match` says that the client has it. No body. */
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
        /** @description There is nothing left of the user's. No body. */
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
        /** @description A page of what has changed, possibly empty. */
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
         * @description All operations are done. `results` are in their order. A repetition under the same `Idempotency-Key` gets the
         *     tasks as they were then.
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
         * @description `invalid_request`: the path, the query, a header or the body cannot be read. `validation_failed`: the body can,
         *     but is no valid task. `details` names everything that is wrong.
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
         * @description `invalid_request`: the path, the query, a header or the body cannot be read. `validation_failed`: the body can,
         *     but some operations are not valid. `details` names everything that is wrong with all of them; `operation` is the
         *     operation's index. What stands in `task` is named with it: `task.title`. Nothing of the batch was done.
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
        /** @description No bearer token, or one that has expired or does not hold. */
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
                 *       "message": "A valid bearer token is needed. What is wrong stands in the header WWW-Authenticate.",
                 *       "detail": "A valid bearer token is needed. What is wrong stands in the header WWW-Authenticate.",
                 *       "details": []
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The path names another user than the token. Whether there is such a user is not said. */
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
         * @description The user has no such task, or it is in the trash, where this operation does not look. Another user's task gets
         *     the same answer.
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
         * @description The task was made, and another request deleted it before this one had its answer. This is rare: it takes a
         *     connection to the database that breaks in between. With an `Idempotency-Key` the answer is a 201 all the same.
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
         * @description An operation is about a task that the user does not have, or that is in the trash and not to be restored.
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
         * @description The API can no longer tell all that has changed since then: things deleted more than 90 days ago are forgotten,
         *     the account was erased, or the database was put back to an earlier state. Forget the copy and the token, and
         *     start without `since`. Repeating the request does not help.
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
         * @description A create: the user has a task of this `id` already, maybe in the trash. A move: thousands of moves to one and
         *     the same place have left no room there. Nothing was written.
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
        /** @description An operation is in conflict with what is there, as for a single create or move. Nothing of the batch was done. */
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
        /** @description The task of an operation is at another revision than its `if_match` names. Nothing of the batch was done. */
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
         * @description Another request was sent under this `Idempotency-Key` within the last 24 hours. Nothing was done. It is a
         *     mistake of the client: a key is made for one request, and a changed request gets a new one.
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
         * @description The task is at another revision than `If-Match` names. Nothing was changed. `ETag` is the task's, unless no tag
         *     of `If-Match` could be one of this API.
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
         * @description `database_unavailable`: the API could not reach the database, or was not let in, for as long as it tried (8
         *     seconds). The database may be waking up. The last try of a write may have been done all the same: repeat a
         *     create or a batch with its `Idempotency-Key`, and read before you repeat a toggle. A search or a count that
         *     takes too long gets this answer, too.
         *     `keys_unavailable`: the API has never reached the issuer's keys, so it could not judge the token; nothing was
         *     done. Ask again after `Retry-After`.
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
         * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
         *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
         * @example me
         */
        user_id: string;
        /**
         * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
         * @example 019cada3-04c0-7651-8317-1ff4a6a3a450
         */
        task_id: string;
        /**
         * @description Whether the trash is listed instead of the other tasks.
         * @example true
         */
        deleted: boolean;
        /**
         * @description Whether the task is removed for good. Such a request finds a task in the trash, too.
         * @example true
         */
        permanent: boolean;
        /**
         * @description `next` of an answer before. If absent, everything counts as new. It is opaque: do not make one or take one
         *     apart. What is no such token is a 400. One whose changes are no longer known is a 410.
         * @example AZssbw5POk1SigtcfR4vOksAAGcrZseJRw
         */
        since: components["schemas"]["Token"];
        /**
         * @description The most changes to answer with, tasks and deleted ids together.
         * @example 500
         */
        "limit-changes": number;
        /**
         * @description Only tasks that are pending, or only those that are completed.
         * @example pending
         */
        status: "all" | "pending" | "completed";
        /**
         * @description Only tasks of one of these priorities, separated by commas.
         * @example [
         *       "medium",
         *       "high"
         *     ]
         */
        priority: components["schemas"]["Priority"][];
        /**
         * @description Only tasks that have all of these tags, separated by commas. A tag is compared as it is written.
         * @example [
         *       "home",
         *       "errands"
         *     ]
         */
        tags: components["schemas"]["Tag"][];
        /**
         * @description Only tasks with this text in `title` or `description`. Lower and upper case count as equal, also outside ASCII.
         *     No character is a wildcard. Composed and decomposed accents differ.
         * @example passport
         */
        search: string;
        /**
         * @description Another name of `search`.
         * @example passport
         */
        q: string;
        /** @description Only tasks that are due before this moment, or before this day begins (in UTC). */
        due_before: components["schemas"]["Day"] | components["schemas"]["Moment"];
        /**
         * @description Only tasks that are due after this moment, or after this day ends (in UTC). A task that is due on a day is due
         *     at the end of it. The plus sign of an offset is `%2B` in a URL.
         */
        due_after: components["schemas"]["Day"] | components["schemas"]["Moment"];
        /**
         * @description What the tasks are ordered by. `title` is compared in lower case, code point by code point. The priorities'
         *     order is `none`, `low`, `medium`, `high`. A task without a due date comes last in both directions.
         * @example due_date
         */
        sort: "created_at" | "updated_at" | "due_date" | "priority" | "title" | "position";
        /**
         * @description Another name of `sort`.
         * @example due_date
         */
        sort_by: "created_at" | "updated_at" | "due_date" | "priority" | "title" | "position";
        /**
         * @description Whether the least or the greatest come first. If absent, `created_at`, `updated_at` and `priority` are ordered
         *     `desc`, the others `asc`.
         * @example asc
         */
        order: "asc" | "desc";
        /**
         * @description Another name of `order`.
         * @example asc
         */
        sort_order: "asc" | "desc";
        /**
         * @description The most tasks to answer with.
         * @example 20
         */
        limit: number;
        /**
         * @description How many tasks to skip. Each one is read, so a cursor is cheaper, and tasks made or deleted meanwhile shift the
         *     pages. It cannot be given together with a cursor.
         * @example 40
         */
        offset: number;
        /**
         * @description Another name of `offset`.
         * @example 40
         */
        skip: number;
        /**
         * @description Where to go on. It comes from the `Link` of the page before, which also repeats the other parameters. It is
         *     opaque: do not make one or take one apart. It does not expire. It holds for the same sort, order and filters
         *     alone.
         * @example AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZRgxcf9KajpFAyMDI2LTAzLTAyVDA4OjIxOjA3LjkwNDExM1o
         */
        cursor: string;
        /**
         * @description Whether `X-Total-Count` is wanted also with filters for which it costs something: all but `status` alone and
         *     `deleted` alone. Then all tasks that the filters let pass are counted.
         * @example true
         */
        count: boolean;
        /**
         * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
         *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
         *     entity tag is a 400.
         */
        "If-Match": string | "*" | unknown;
        /**
         * @description One or more `ETag`s. If the task's is among them, or for `*`, the answer is 304 without a body.
         * @example "2.113436105607495"
         */
        "If-None-Match": string;
        /**
         * @description One or more `ETag`s of lists. If nothing of the user's was written since, or for `*`, the answer is 304 without
         *     a body. The tag is the same for every filter, order and page, and for the export: send the one that came with
         *     what you have of this URL.
         * @example "2.9b2c6f0e-4f3a-4d52-8a0b-5c7d1e2f3a4b.113436105607496"
         */
        "If-None-Match-list": string;
        /**
         * @description One or more `ETag`s. If the file's is among them, or for `*`, the answer is 304 without a body.
         * @example "6f1e0a52c9d47b38-gzip"
         */
        "If-None-Match-file": string;
        /**
         * @description The file's name, as the page has it.
         * @example swagger-ui.css
         */
        file: string;
        /**
         * @description The client's name for this request, such as a new UUID: 1 to 255 visible characters of ASCII. Under it the
         *     request can be repeated for 24 hours and is done once. The same request again gets the same status and body
         *     again, with `Idempotency-Replayed: true`, whatever has become of the tasks since. A request is the same if its
         *     JSON is: the order of members and the white space between them do not matter. Another request under the same key
         *     is a 422. Two at once are done one after the other, so the second is a repetition. A refusal is not kept. Keys of
         *     different users have nothing to do with each other. Double quotes count as part of the key. Other operations
         *     ignore the header.
         * @example 0f8fad5b-d9cb-469f-a165-70867728950e
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
        /** @description None, or a JSON object in UTF-8, as `application/json` or another type with the suffix `+json`. */
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
         * @description A browser may keep the answer but asks before it uses it again; a shared cache keeps nothing.
         * @example private, no-cache
         */
        "Cache-Control": "private, no-cache";
        /**
         * @description The same path answers each user differently. A gateway may add names of its own for CORS.
         * @example Authorization
         */
        Vary: string;
        /**
         * @description The unknown parameters and members that were dropped, percent-encoded: up to 20 names, each cut at 64
         *     characters. Only a deployment with `UNKNOWN_INPUT=ignore` sends it.
         * @example colour, due%5Fin
         */
        "X-Ignored": string;
        /**
         * @description The task's state, for `If-Match` and `If-None-Match`.
         * @example "2.113436105607495"
         */
        ETag: string;
        /**
         * @description The state that the task is in, if that was looked up.
         * @example "2.113436105607496"
         */
        "ETag-if-known": string;
        /**
         * @description The state of all of the user's tasks, for the `If-None-Match` of every list.
         * @example "2.9b2c6f0e-4f3a-4d52-8a0b-5c7d1e2f3a4b.113436105607496"
         */
        "ETag-list": string;
        /**
         * @description How many tasks there are in all, on all pages. It is there where no filter, `status` alone or `deleted` alone is
         *     asked for, and otherwise with `count=true`.
         * @example 42
         */
        "X-Total-Count": number;
        /**
         * @description It is there where the request was done before, under the same `Idempotency-Key`. This is that answer.
         * @example true
         */
        "Idempotency-Replayed": "true";
        /**
         * @description The new task's path, with the id or `me` as the request had it.
         * @example /api/me/tasks/019cada3-04c0-7651-8317-1ff4a6a3a450
         */
        Location: string;
        /**
         * @description The next page (RFC 8288); absent on the last. Its path is absolute and to be resolved against the address that
         *     was asked.
         * @example </api/me/tasks?status=pending&limit=2&cursor=AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZR>; rel="next"
         */
        Link: string;
        /**
         * @description The next page (RFC 8288); absent on the last. Its path is absolute and to be resolved against the address that
         *     was asked.
         * @example </api/me/export?limit=500&cursor=AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZR>; rel="next"
         */
        "Link-export": string;
        /**
         * @description In seconds.
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description What is missing or wrong (RFC 6750).
         * @example Bearer realm="tasks", error="invalid_token", error_description="the token has expired"
         */
        "WWW-Authenticate": string;
        /**
         * @description It is there where a request has more than one bearer token, of which none is looked at (RFC 6750).
         * @example Bearer realm="tasks", error="invalid_request"
         */
        "WWW-Authenticate-of-two": string;
        /**
         * @description What comes with Swagger UI may be kept for a day. All else is to be asked for again.
         * @example public, no-cache
         */
        "Cache-Control-file": "public, no-cache" | "public, max-age=86400";
        /**
         * @description The same path has a compressed form. A gateway may add names of its own for CORS.
         * @example Accept-Encoding
         */
        "Vary-file": string;
        /**
         * @description The bytes that were sent, for `If-None-Match`.
         * @example "6f1e0a52c9d47b38-gzip"
         */
        "ETag-file": string;
        /**
         * @description It is there where the client's `Accept-Encoding` allows gzip and the file gets smaller by it.
         * @example gzip
         */
        "Content-Encoding": "gzip";
        /**
         * @description The page may load scripts, styles and pictures from this API, and ask this API, and nothing else.
         * @example default-src 'none'; script-src 'self'; connect-src 'self'
         */
        "Content-Security-Policy": string;
        /**
         * @description The type of a file is what `Content-Type` says.
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
                /**
                 * @description One or more `ETag`s. If the file's is among them, or for `*`, the answer is 304 without a body.
                 * @example "6f1e0a52c9d47b38-gzip"
                 */
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
                /**
                 * @description One or more `ETag`s. If the file's is among them, or for `*`, the answer is 304 without a body.
                 * @example "6f1e0a52c9d47b38-gzip"
                 */
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
                /**
                 * @description One or more `ETag`s. If the file's is among them, or for `*`, the answer is 304 without a body.
                 * @example "6f1e0a52c9d47b38-gzip"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match-file"];
            };
            path: {
                /**
                 * @description The file's name, as the page has it.
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
                /**
                 * @description Whether the trash is listed instead of the other tasks.
                 * @example true
                 */
                deleted?: components["parameters"]["deleted"];
                /**
                 * @description Only tasks that are pending, or only those that are completed.
                 * @example pending
                 */
                status?: components["parameters"]["status"];
                /**
                 * @description Only tasks of one of these priorities, separated by commas.
                 * @example [
                 *       "medium",
                 *       "high"
                 *     ]
                 */
                priority?: components["parameters"]["priority"];
                /**
                 * @description Only tasks that have all of these tags, separated by commas. A tag is compared as it is written.
                 * @example [
                 *       "home",
                 *       "errands"
                 *     ]
                 */
                tags?: components["parameters"]["tags"];
                /**
                 * @description Only tasks with this text in `title` or `description`. Lower and upper case count as equal, also outside ASCII.
                 *     No character is a wildcard. Composed and decomposed accents differ.
                 * @example passport
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Another name of `search`.
                 * @example passport
                 */
                q?: components["parameters"]["q"];
                /** @description Only tasks that are due before this moment, or before this day begins (in UTC). */
                due_before?: components["parameters"]["due_before"];
                /**
                 * @description Only tasks that are due after this moment, or after this day ends (in UTC). A task that is due on a day is due
                 *     at the end of it. The plus sign of an offset is `%2B` in a URL.
                 */
                due_after?: components["parameters"]["due_after"];
                /**
                 * @description What the tasks are ordered by. `title` is compared in lower case, code point by code point. The priorities'
                 *     order is `none`, `low`, `medium`, `high`. A task without a due date comes last in both directions.
                 * @example due_date
                 */
                sort?: components["parameters"]["sort"];
                /**
                 * @description Another name of `sort`.
                 * @example due_date
                 */
                sort_by?: components["parameters"]["sort_by"];
                /**
                 * @description Whether the least or the greatest come first. If absent, `created_at`, `updated_at` and `priority` are ordered
                 *     `desc`, the others `asc`.
                 * @example asc
                 */
                order?: components["parameters"]["order"];
                /**
                 * @description Another name of `order`.
                 * @example asc
                 */
                sort_order?: components["parameters"]["sort_order"];
                /**
                 * @description The most tasks to answer with.
                 * @example 20
                 */
                limit?: components["parameters"]["limit"];
                /**
                 * @description How many tasks to skip. Each one is read, so a cursor is cheaper, and tasks made or deleted meanwhile shift the
                 *     pages. It cannot be given together with a cursor.
                 * @example 40
                 */
                offset?: components["parameters"]["offset"];
                /**
                 * @description Another name of `offset`.
                 * @example 40
                 */
                skip?: components["parameters"]["skip"];
                /**
                 * @description Where to go on. It comes from the `Link` of the page before, which also repeats the other parameters. It is
                 *     opaque: do not make one or take one apart. It does not expire. It holds for the same sort, order and filters
                 *     alone.
                 * @example AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZRgxcf9KajpFAyMDI2LTAzLTAyVDA4OjIxOjA3LjkwNDExM1o
                 */
                cursor?: components["parameters"]["cursor"];
                /**
                 * @description Whether `X-Total-Count` is wanted also with filters for which it costs something: all but `status` alone and
                 *     `deleted` alone. Then all tasks that the filters let pass are counted.
                 * @example true
                 */
                count?: components["parameters"]["count"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s of lists. If nothing of the user's was written since, or for `*`, the answer is 304 without
                 *     a body. The tag is the same for every filter, order and page, and for the export: send the one that came with
                 *     what you have of this URL.
                 * @example "2.9b2c6f0e-4f3a-4d52-8a0b-5c7d1e2f3a4b.113436105607496"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match-list"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
                 * @description The client's name for this request, such as a new UUID: 1 to 255 visible characters of ASCII. Under it the
                 *     request can be repeated for 24 hours and is done once. The same request again gets the same status and body
                 *     again, with `Idempotency-Replayed: true`, whatever has become of the tasks since. A request is the same if its
                 *     JSON is: the order of members and the white space between them do not matter. Another request under the same key
                 *     is a 422. Two at once are done one after the other, so the second is a repetition. A refusal is not kept. Keys of
                 *     different users have nothing to do with each other. Double quotes count as part of the key. Other operations
                 *     ignore the header.
                 * @example 0f8fad5b-d9cb-469f-a165-70867728950e
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
                 * @description `next` of an answer before. If absent, everything counts as new. It is opaque: do not make one or take one
                 *     apart. What is no such token is a 400. One whose changes are no longer known is a 410.
                 * @example AZssbw5POk1SigtcfR4vOksAAGcrZseJRw
                 */
                since?: components["parameters"]["since"];
                /**
                 * @description The most changes to answer with, tasks and deleted ids together.
                 * @example 500
                 */
                limit?: components["parameters"]["limit-changes"];
            };
            header?: never;
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
                 * @description The client's name for this request, such as a new UUID: 1 to 255 visible characters of ASCII. Under it the
                 *     request can be repeated for 24 hours and is done once. The same request again gets the same status and body
                 *     again, with `Idempotency-Replayed: true`, whatever has become of the tasks since. A request is the same if its
                 *     JSON is: the order of members and the white space between them do not matter. Another request under the same key
                 *     is a 422. Two at once are done one after the other, so the second is a repetition. A refusal is not kept. Keys of
                 *     different users have nothing to do with each other. Double quotes count as part of the key. Other operations
                 *     ignore the header.
                 * @example 0f8fad5b-d9cb-469f-a165-70867728950e
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
                /**
                 * @description One or more `ETag`s. If the task's is among them, or for `*`, the answer is 304 without a body.
                 * @example "2.113436105607495"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                /**
                 * @description Whether the task is removed for good. Such a request finds a task in the trash, too.
                 * @example true
                 */
                permanent?: components["parameters"]["permanent"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                 * @description One or more `ETag`s. The task is written only if its revision is among them, else the answer is 412. With `*`,
                 *     or without the header, it is written whatever its revision. A weak tag (`W/"2.…"`) matches none. What is no
                 *     entity tag is a 400.
                 */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
                 * @example me
                 */
                user_id: components["parameters"]["user_id"];
                /**
                 * @description The task's `id`. What is no UUID in its 36-character form is a 400 that names `task_id`.
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
                /**
                 * @description The most tasks to answer with.
                 * @example 20
                 */
                limit?: components["parameters"]["limit"];
                /**
                 * @description Where to go on. It comes from the `Link` of the page before, which also repeats the other parameters. It is
                 *     opaque: do not make one or take one apart. It does not expire. It holds for the same sort, order and filters
                 *     alone.
                 * @example AvX8fUbG-1pKjwl0U2l0S8mUSrCGmGh5mAGcraMEwHZRgxcf9KajpFAyMDI2LTAzLTAyVDA4OjIxOjA3LjkwNDExM1o
                 */
                cursor?: components["parameters"]["cursor"];
            };
            header?: {
                /**
                 * @description One or more `ETag`s of lists. If nothing of the user's was written since, or for `*`, the answer is 304 without
                 *     a body. The tag is the same for every filter, order and page, and for the export: send the one that came with
                 *     what you have of this URL.
                 * @example "2.9b2c6f0e-4f3a-4d52-8a0b-5c7d1e2f3a4b.113436105607496"
                 */
                "If-None-Match"?: components["parameters"]["If-None-Match-list"];
            };
            path: {
                /**
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
                 * @description `me`, or the token's subject, percent-encoded; any other is a 403. A subject that contains a slash can only be
                 *     addressed as `me`: API Gateway takes even an encoded one for the end of the segment.
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
