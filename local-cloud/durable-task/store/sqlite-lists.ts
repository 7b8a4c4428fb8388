import type Database from "libsql";
import { type SqliteRow, toEntity, toInstance } from "./sqlite-rows";
import type {
  EntityFilter,
  InstanceFilter,
  StoredEntity,
  ListRange,
} from "./task-hub-store";
import type { Instance } from "../model/instance";

/** A condition of a query with the values of its parameters. */
type Condition = readonly [sql: string, ...values: (string | number)[]];

/** Lists of what the tables hold. A query is prepared once for each combination of conditions that is asked for. */
export class SqliteLists {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  instances(filter: InstanceFilter): readonly Instance[] {
    const { status } = filter;
    const conditions: readonly (Condition | undefined)[] = [
      ...ofSlice("instance_id", filter),
      ...ofSpan("created_at", filter.createdFrom, filter.createdTo),
      status && [`status in (${status.map(() => "?").join(", ")})`, ...status],
    ];
    return this.#select("instances", "instance_id", conditions, filter).map(
      toInstance,
    );
  }

  entities(filter: EntityFilter): readonly StoredEntity[] {
    const conditions: readonly (Condition | undefined)[] = [
      ...ofSlice("entity_id", filter),
      ...ofSpan("created_at", filter.createdFrom, filter.createdTo),
      ...ofSpan("updated_at", filter.updatedFrom, filter.updatedTo),
      filter.existing ? ['"exists" = 1'] : undefined,
    ];
    return this.#select("entities", "entity_id", conditions, filter).map(
      toEntity,
    );
  }

  #select(
    table: string,
    id: string,
    conditions: readonly (Condition | undefined)[],
    { limit = -1 }: ListRange,
  ): SqliteRow[] {
    const given = conditions.filter((condition) => condition !== undefined);
    const where = ["true", ...given.map(([sql]) => sql)].join(" and ");
    const sql = `select * from ${table} where ${where} order by ${id} limit ?`;
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    const values = given.flatMap(([, ...rest]) => rest);
    return statement.all(...values, limit) as SqliteRow[];
  }
}

/** A prefix is a range, so that the primary key serves it; no id goes on with the last of all characters. */
const ofSlice = (
  id: string,
  { idPrefix, after }: ListRange,
): readonly (Condition | undefined)[] => [
  idPrefix === undefined
    ? undefined
    : [`${id} between ? and ?`, idPrefix, `${idPrefix}\u{10FFFF}`],
  after === undefined ? undefined : [`${id} > ?`, after],
];

const ofSpan = (
  column: string,
  from: number | undefined,
  to: number | undefined,
): readonly (Condition | undefined)[] => [
  from === undefined ? undefined : [`${column} >= ?`, from],
  to === undefined ? undefined : [`${column} <= ?`, to],
];
