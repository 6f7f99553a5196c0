package main

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// couple is two contacts that are merged and unmerged.
type couple struct {
	*inside
	desk
	room               commands.Room
	survivor, absorbed contact.ID
	took               func(what string, d time.Duration) // is told how long each thing took
}

// way is a way to merge two contacts and to unmerge them.
type way struct {
	name string
	only string // in yards of this kind; empty: in all of them
	wind func(couple, context.Context) error
}

const directly, plainly = "directly", "over HTTP"

var ways = []way{
	{directly, "", couple.directly},
	{plainly, "", func(c couple, ctx context.Context) error { return c.overHTTP(ctx, map[string]any{}) }},
	{"over HTTP with tokens", "", couple.previewed},
	{"over HTTP by identity", byMessages, func(c couple, ctx context.Context) error {
		return c.overHTTP(ctx, map[string]any{"interactions": commands.ByIdentity})
	}},
}

// thing is something that is measured of a way.
type thing struct {
	name  string
	whole bool // nothing is left to be done after it
}

// things are in the order of the table.
var things = []thing{
	{"preview of a merge", false},
	{"merge until answered", false},
	{"merge until shown", true},
	{"preview of an unmerge", false},
	{"unmerge until answered", false},
	{"unmerge until shown", true},
}

// chosen are the choices of a merge of two who both have an email address.
var chosen = map[string]contact.Choice{"email": contact.Survivors}

// directly asks without what is between the product and the world.
func (c couple) directly(ctx context.Context) error {
	shown := func(at domain.Position) error { return c.projectors["contacts"].Await(ctx, at) }
	err := c.timed("merge", shown, func() (domain.Position, error) {
		_, at, err := c.do.MergeContacts(ctx, by, c.room, c.survivor, c.absorbed, contact.Absorb{Choices: chosen})
		return at, err
	})
	if err != nil {
		return err
	}
	return c.timed("unmerge", shown, func() (domain.Position, error) {
		parted, err := c.do.UnmergeContact(ctx, by, c.room, c.absorbed, commands.Parting{})
		return parted.At, err
	})
}

// overHTTP asks as people do who need no preview.
func (c couple) overHTTP(ctx context.Context, how map[string]any) error {
	if err := c.asks(ctx, "merge", c.survivor, map[string]any{"absorb": c.absorbed, "choices": chosen}); err != nil {
		return err
	}
	return c.asks(ctx, "unmerge", c.absorbed, how)
}

// previewed asks for what was previewed, and nothing else.
func (c couple) previewed(ctx context.Context) error {
	if err := c.previews(ctx, "merge", "preview of a merge", c.survivor, map[string]any{"absorb": c.absorbed, "choices": chosen}); err != nil {
		return err
	}
	return c.previews(ctx, "unmerge", "preview of an unmerge", c.absorbed, map[string]any{})
}

func (c couple) previews(ctx context.Context, what, preview string, of contact.ID, body map[string]any) error {
	var told struct{ Token string }
	began := time.Now()
	if _, err := c.send(ctx, http.MethodPost, c.path(of)+"/"+what+"/preview", 0, body, &told); err != nil {
		return err
	}
	c.took(preview, time.Since(began))
	body["token"] = told.Token
	return c.asks(ctx, what, of, body)
}

func (c couple) asks(ctx context.Context, what string, of contact.ID, body map[string]any) error {
	return c.timed(what, func(at domain.Position) error {
		_, err := c.send(ctx, http.MethodGet, c.path(c.survivor), at, nil, nil)
		return err
	}, func() (domain.Position, error) {
		return c.send(ctx, http.MethodPost, c.path(of)+"/"+what, 0, body, nil)
	})
}

func (c couple) path(of contact.ID) string {
	return contactPath(contact.Key{Space: c.room.ID, ID: of})
}

func contactPath(k contact.Key) string {
	return "/v1/spaces/" + string(k.Space) + "/contacts/" + string(k.ID)
}

// timed tells how long it took until something was done, and until that is shown.
func (c couple) timed(what string, shown func(domain.Position) error, do func() (domain.Position, error)) error {
	began := time.Now()
	at, err := do()
	answered := time.Since(began)
	if err == nil {
		err = shown(at)
	}
	c.took(what+" until answered", answered)
	c.took(what+" until shown", time.Since(began))
	return err
}

// least tells how long the least takes there is to do: the histories of the two are
// read, and one row is committed.
func (c couple) least(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	for _, id := range []contact.ID{c.survivor, c.absorbed} {
		if err := drain(ctx, c.client, contact.Key{Space: c.room.ID, ID: id}.Stream()); err != nil {
			return 0, err
		}
	}
	_, err := c.db.Exec(ctx, `UPDATE one SET position = position + 1`)
	return time.Since(began), err
}

// drain reads a stream to its end, which may be its beginning.
func drain(ctx context.Context, client *esdb.Client, s domain.Stream) error {
	events, err := client.ReadStream(ctx, string(s), esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxUint64)
	if err != nil {
		return err
	}
	defer events.Close()
	for err == nil {
		_, err = events.Recv()
	}
	if e, is := esdb.FromError(err); !is && e.Code() == esdb.ErrorCodeResourceNotFound || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
