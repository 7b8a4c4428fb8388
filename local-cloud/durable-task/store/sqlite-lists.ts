import type Database from "libsql";
import { type SqliteRow, toEntity, toInstance } from "./sqlite-rows";
import type { StoredEntity } from "./task-hub-store";
import type {
  EntityFilter,
  InstanceFilter,
  ListRange,
} from "../model/list-filters";
import type { Instance } from "../model/instance";

/** A condition with the values of its parameters. */
type Condition = readonly [sql: string, ...values: (string | number)[]];

/** Filtered lists of instances and entities. A statement is prepared once for each combination of conditions. */
export class SqliteLists {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  instances(filter: InstanceFilter): readonly Instance[] {
    const { status } = filter;
    const conditions: readonly (Condition | undefined)[] = [
      ...rangeConditions("instance_id", filter),
      ...timeConditions("created_at", filter.createdFrom, filter.createdTo),
      status && [`status in (${status.map(() => "?").join(", ")})`, ...status],
    ];
    return this.#select("instances", "instance_id", conditions, filter).map(
      toInstance,
    );
  }

  entities(filter: EntityFilter): readonly StoredEntity[] {
    const conditions: readonly (Condition | undefined)[] = [
      ...rangeConditions("entity_id", filter),
      ...timeConditions("created_at", filter.createdFrom, filter.createdTo),
      ...timeConditions("updated_at", filter.updatedFrom, filter.updatedTo),
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
    const active = conditions.filter((condition) => condition !== undefined);
    const where = ["true", ...active.map(([sql]) => sql)].join(" and ");
    const sql = `select * from ${table} where ${where} order by ${id} limit ?`;
    const statement = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    const values = active.flatMap(([, ...rest]) => rest);
    return statement.all(...values, limit) as SqliteRow[];
  }
}

/** Expresses a prefix as a range of ids up to the last Unicode character, so that the query uses the primary key. */
const rangeConditions = (
  id: string,
  { idPrefix, after }: ListRange,
): readonly (Condition | undefined)[] => [
  idPrefix === undefined
    ? undefined
    : [`${id} between ? and ?`, idPrefix, `${idPrefix}\u{10FFFF}`],
  after === undefined ? undefined : [`${id} > ?`, after],
];

const timeConditions = (
  column: string,
  from: number | undefined,
  to: number | undefined,
): readonly (Condition | undefined)[] => [
  from === undefined ? undefined : [`${column} >= ?`, from],
  to === undefined ? undefined : [`${column} <= ?`, to],
];
