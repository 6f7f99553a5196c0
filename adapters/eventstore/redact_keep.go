package eventstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"skein/commands"
	"skein/domain"
)

// keep has the index say that the copies are told, and sees that they are there. What an
// earlier attempt has done is not done again.
func (d *redacting) keep(ctx context.Context) error {
	wanted := d.r
	for {
		now, err := d.conn.look(ctx)
		if err != nil {
			return err
		}
		inForce, closing := now.inForce[wanted.Stream], now.closing[wanted.Stream]
		d.r = wanted
		written := 0
		for d.n = 0; ; d.n++ {
			d.r.Kept = keptOf(d.r.Stream, d.n)
			known := d.r.Kept == inForce.Kept || d.r.Kept == closing.Kept
			written, err = d.conn.begun(ctx, d.r.Kept, d.copies)
			if err == nil && written < 0 && !known { // by an attempt that told something else
				err = d.conn.tombstone(ctx, d.r.Kept, esdb.Any{})
			}
			if err != nil && !errors.Is(err, ErrDeleted) {
				return err
			}
			if err == nil && written >= 0 {
				break
			}
		}
		for _, known := range []redaction{closing, inForce} {
			d.r.sealed = known.sealed
			if d.r == known {
				return nil
			}
		}
		d.r.sealed = false
		err = d.write(ctx, written)
		if err == nil {
			err = d.note(ctx, kindRedacted, d.r)
		}
		if err == nil {
			_, err = d.conn.newest(ctx, d.r.Kept)
		}
		if !errors.Is(err, commands.ErrMovedOn) && !errors.Is(err, ErrDeleted) { // others are at it, too
			return err
		}
	}
}

// note adds to the index.
func (j *Journal) note(ctx context.Context, kind string, r redaction) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	meta, err := json.Marshal(domain.By{Actor: "system:redaction"})
	if err != nil {
		return err
	}
	if j.chain != nil {
		meta = timed(meta, time.Now())
	}
	for {
		now, err := j.conn.look(ctx)
		if err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		entry := esdb.EventData{EventID: id, EventType: kind, ContentType: esdb.ContentTypeJson, Data: data, Metadata: bytes.Clone(meta)}
		if _, err = j.send(ctx, index, now.length, []esdb.EventData{entry}); !errors.Is(err, commands.ErrMovedOn) {
			if err == nil {
				_, err = j.conn.look(ctx)
			}
			return err
		}
	}
}
