package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

// sheet makes a file of contacts.
func (l *lab) sheet() (path string, err error) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	columns := []string{"first_name", "last_name", "phone", "country", "language", "email"}
	_ = w.Write(columns) // to memory, which cannot fail
	for n := range l.contacts {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = person(n)[c]
		}
		row[len(row)-1] = email(n)
		_ = w.Write(row)
	}
	w.Flush()
	path = l.home("contacts.csv")
	return path, os.WriteFile(path, text.Bytes(), 0o600)
}

// imports sends the file to the product, as people do.
func (p *product) imports(ctx context.Context, file string) error {
	var refused bytes.Buffer
	cmd := imports{File: file, Space: p.space, Server: "http://" + p.address, Token: p.token}
	err := cmd.Run(ctx, &settings{out: io.Discard, err: &refused})
	if err == nil && refused.Len() > 0 {
		err = fmt.Errorf("rows of the import were refused: %.200s", refused.String())
	}
	return err
}

// copied is how long it takes to copy the contacts into a table of the product's
// own database that has the columns and indexes of contacts.
func (l *lab) copied(ctx context.Context, p *product) (took time.Duration, err error) {
	here, err := runningIn(p.data)
	if err != nil {
		return 0, err
	}
	db, err := pgx.Connect(ctx, here.Database)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(context.WithoutCancel(ctx))) }()
	contacts := map[string]*sketch{}
	for n := range l.contacts {
		fields := person(n)
		fields["email"] = email(n)
		contacts[email(n)] = &sketch{space: p.space, id: email(n), created: time.Now(), fields: fields}
	}
	if _, err := db.Exec(ctx, `CREATE TABLE copied (LIKE public.contacts INCLUDING ALL)`); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := copyInto(ctx, db, pgx.Identifier{"copied"}, contacts); err != nil {
		return 0, err
	}
	took = time.Since(began)
	_, err = db.Exec(ctx, `DROP TABLE copied`)
	return took, err
}
