package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"skein/domain/contact"
)

// verify measures how many contacts a second are compared with the journal, and the
// journal checked, beside a server that has nothing else to do; and beside filling the
// table of contacts anew.
func (l *lab) verify(ctx context.Context) (err error) {
	file, err := l.sheet()
	if err != nil {
		return err
	}
	p, err := l.found(ctx, "verify")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := p.imports(ctx, file); err != nil {
		return err
	}
	if err := p.settled(ctx); err != nil {
		return err
	}
	if err := p.mergeSome(ctx, l.pairs); err != nil {
		return err
	}
	if err := p.settled(ctx); err != nil {
		return err
	}
	return l.each(ctx, "verify", func() error {
		began := time.Now()
		if err := (rebuild{Name: "contacts"}).Run(ctx, p.aside(io.Discard, l.err)); err != nil {
			return err
		}
		rebuilt := float64(l.contacts) / time.Since(began).Seconds()
		var out bytes.Buffer
		began = time.Now()
		if err := (auditVerify{JSON: true}).Run(ctx, p.aside(&out, l.err)); err != nil {
			return fmt.Errorf("%w: %.300s", err, out.String())
		}
		took := time.Since(began)
		var done verified
		if err := json.Unmarshal(out.Bytes(), &done); err != nil {
			return err
		}
		l.note("audit verify", "contacts/s", float64(done.Contacts)/took.Seconds(), rebuilt)
		l.note("audit verify", "events/s", float64(done.Events)/took.Seconds(), 0)
		return nil
	})
}

// aside is how another process works on the product's data folder.
func (p *product) aside(out, err io.Writer) *settings {
	return &settings{Data: p.data, LogLevel: slog.LevelWarn, out: out, err: err}
}

// mergeSome merges some contacts, two by two.
func (p *product) mergeSome(ctx context.Context, pairs int) error {
	d := desk{p.address, p.token}
	var page struct{ Contacts []struct{ ID contact.ID } }
	if _, err := d.send(ctx, http.MethodGet, p.contacts()+fmt.Sprintf("?limit=%d", 2*pairs), 0, nil, &page); err != nil {
		return err
	}
	for ; len(page.Contacts) > 1; page.Contacts = page.Contacts[2:] {
		two := page.Contacts[:2]
		body := map[string]any{"absorb": two[1].ID, "choices": chosen}
		if _, err := d.send(ctx, http.MethodPost, p.contacts()+"/"+string(two[0].ID)+"/merge", 0, body, nil); err != nil {
			return err
		}
	}
	return nil
}
