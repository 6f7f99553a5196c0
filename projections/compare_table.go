package projections

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/space"
	"skein/projections/verify"
)

// column is a column of a table that is compared.
type column struct {
	name string
	key  bool // of the primary key
}

// unsaid are columns of keys that hold what people wrote, or tell of it.
var unsaid = map[string]bool{"folder": true, "key": true}

// ofSpaces are tables whose ids are those of spaces.
var ofSpaces = map[string]bool{"spaces": true, "space_deletions": true, "deleted_spaces": true}

// table tells the rows in which the two tables of a name differ, by the columns of their
// keys and the names of the others.
func (c *comparison) table(ctx context.Context, tx pgx.Tx, name string) error {
	columns, err := c.columns(ctx, tx, name)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, c.differing(name, columns), c.Name)
	if err != nil {
		return err
	}
	var in space.ID
	var id string
	var at domain.Position
	var extra, missing bool
	var fields []string
	_, err = pgx.ForEachRow(rows, []any{&in, &id, &at, &extra, &missing, &fields}, func() error {
		d := verify.Difference{In: name, Space: in, ID: id, Position: at}
		switch {
		case extra:
			d.Wrong = "is one too many"
			c.differs(d)
		case missing:
			d.Wrong = "is missing"
			c.differs(d)
		default:
			for _, d.Field = range fields {
				d.Wrong = "is not what the journal tells"
				c.differs(d)
			}
		}
		return nil
	})
	return err
}

// columns are the columns of a table, in their order.
func (c *comparison) columns(ctx context.Context, tx pgx.Tx, table string) ([]column, error) {
	rows, err := tx.Query(ctx, `
		SELECT attname::text, EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'p' AND attnum = ANY (conkey))
		FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`, quoted(c.schema, table))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (one column, err error) {
		return one, row.Scan(&one.name, &one.key)
	})
}

// differing asks for the rows that one of two tables has and the other one has not, those
// with the same key in one row.
func (c *comparison) differing(table string, columns []column) string {
	var all, keys, ids, fields []string
	in, at, only := `''`, `0`, `$1::text <> ''`
	for _, one := range columns {
		name := quoted(one.name)
		either := `coalesce(told.` + name + `, used.` + name + `)`
		all = append(all, name)
		if one.key {
			keys = append(keys, `used.`+name+` = told.`+name)
		} else {
			fields = append(fields, `CASE WHEN used.`+name+` IS DISTINCT FROM told.`+name+` THEN '`+one.name+`' END`)
		}
		switch {
		case one.name == "projection":
			only, ids = name+` = $1`, append(ids, either)
		case one.name == "space", one.name == "id" && ofSpaces[table]:
			in = `coalesce(` + either + `, '')`
		case one.key && one.name == "position":
			at = either
		case one.key && !unsaid[one.name]:
			ids = append(ids, either)
		}
	}
	less := func(a, b string) string {
		rows := func(schema string) string {
			return `SELECT ` + strings.Join(all, ", ") + ` FROM ` + quoted(schema, table) + ` WHERE ` + only
		}
		return rows(a) + ` EXCEPT ALL ` + rows(b)
	}
	return `
		WITH used AS (` + less(c.live, c.schema) + `), told AS (` + less(c.schema, c.live) + `)
		SELECT ` + in + `, concat_ws(' ', ` + strings.Join(append(ids, `NULL`), ", ") + `), ` + at + `,
			told IS NULL, used IS NULL, array_remove(ARRAY[` + strings.Join(fields, ", ") + `]::text[], NULL)
		FROM used FULL JOIN told ON ` + strings.Join(keys, " AND ") + ` ORDER BY 1, 2, 3`
}
