package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/jackc/pgx/v5"
)

// sketch is what little a scan without the product knows of a contact.
type sketch struct {
	space, id string
	created   time.Time
	position  uint64
	fields    map[string]string
}

// scan reads the whole journal, folds the contacts in a map, copies them into a
// table like that of the contacts and makes its indexes. Nothing of it is the
// product's.
func (in *inside) scan(ctx context.Context) (took time.Duration, err error) {
	if _, err := in.db.Exec(ctx, `
		DROP TABLE IF EXISTS bare.contacts;
		CREATE TABLE bare.contacts (LIKE public.contacts INCLUDING DEFAULTS)`); err != nil {
		return 0, err
	}
	began := time.Now()
	contacts, err := in.folded(ctx)
	if err != nil {
		return 0, err
	}
	if err := copyInto(ctx, in.db, pgx.Identifier{"bare", "contacts"}, contacts); err != nil {
		return 0, err
	}
	_, err = in.db.Exec(ctx, `
		ALTER TABLE bare.contacts ADD PRIMARY KEY (space, id);
		CREATE INDEX ON bare.contacts (space, name_folded, id);
		CREATE INDEX ON bare.contacts (space, created, id);
		CREATE INDEX ON bare.contacts (space, last_interaction, id)`)
	return time.Since(began), err
}

// folded is what the journal comes to. One goroutine reads while another decodes.
func (in *inside) folded(ctx context.Context) (map[string]*sketch, error) {
	events, err := in.client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxUint64)
	if err != nil {
		return nil, err
	}
	defer events.Close()
	read := make(chan []*esdb.RecordedEvent, 4)
	failed := make(chan error, 1)
	go func() {
		defer close(read)
		failed <- inChunks(events, func(chunk []*esdb.RecordedEvent) { read <- chunk })
	}()
	contacts := map[string]*sketch{}
	for chunk := range read {
		for _, e := range chunk {
			if err == nil {
				err = tell(contacts, e)
			}
		}
	}
	return contacts, errors.Join(err, <-failed)
}

func inChunks(events *esdb.ReadStream, each func([]*esdb.RecordedEvent)) error {
	var chunk []*esdb.RecordedEvent
	for {
		e, err := events.Recv()
		if err == nil {
			chunk = append(chunk, e.OriginalEvent())
		}
		if err != nil || len(chunk) == 256 {
			each(chunk)
			chunk = nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func tell(contacts map[string]*sketch, e *esdb.RecordedEvent) error {
	of, isContact := strings.CutPrefix(e.StreamID, "contact-")
	if !isContact {
		return nil
	}
	var said struct{ Says map[string]string }
	if err := json.Unmarshal(e.Data, &said); err != nil {
		return fmt.Errorf("event of %s: %w", e.StreamID, err)
	}
	c := contacts[of]
	if c == nil {
		space, id, _ := strings.Cut(of, ".")
		c = &sketch{space: space, id: id, created: e.CreatedDate, fields: map[string]string{}}
		contacts[of] = c
	}
	maps.Copy(c.fields, said.Says)
	c.position = e.Position.Commit
	return nil
}

// copier is what rows can be copied with.
type copier interface {
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

// copyInto copies contacts into a table that has the columns of contacts.
func copyInto(ctx context.Context, db copier, table pgx.Identifier, contacts map[string]*sketch) error {
	keys := maps.Keys(contacts)
	rows := make([]*sketch, 0, len(contacts))
	for key := range keys {
		rows = append(rows, contacts[key])
	}
	_, err := db.CopyFrom(ctx, table,
		[]string{"space", "id", "name", "name_folded", "fields", "folded", "tags", "tags_folded", "created", "position"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			c := rows[i]
			fields, err := json.Marshal(c.fields)
			folded := strings.ToLower(string(fields))
			name := c.fields["first_name"] + " " + c.fields["last_name"]
			return []any{
				c.space, c.id, name, strings.ToLower(name), string(fields), folded,
				[]string{},
				[]string{},
				c.created, int64(c.position),
			}, err
		}))
	return err
}
