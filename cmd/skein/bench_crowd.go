package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
)

// takeIn imports a file of people.
func (p *product) takeIn(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	header, err := csv.NewReader(file).Read()
	if err != nil {
		return err
	}
	known := map[string]string{"rec_id": "external_id", "given_name": "first_name", "surname": "last_name"}
	var maps []string
	for _, column := range header {
		column = strings.TrimSpace(column)
		if field, standard := known[column]; standard {
			maps = append(maps, column+":"+field)
			continue
		}
		field := map[string]string{"key": column, "label": column, "type": "text"}
		if _, err := (desk{p.address, p.token}).send(ctx, http.MethodPost, "/v1/spaces/"+p.space+"/fields", 0, field, nil); err != nil {
			return err
		}
	}
	var refused bytes.Buffer
	cmd := imports{File: path, Space: p.space, Server: "http://" + p.address, Token: p.token, Map: maps}
	if err := cmd.Run(ctx, &settings{out: io.Discard, err: &refused}); err != nil {
		return err
	}
	if refused.Len() > 0 {
		return fmt.Errorf("rows of the import were refused: %.200s", refused.String())
	}
	return nil
}

// crowd is all contacts by id, as they are told.
type crowd map[string]map[string]any

// everybody is who is shown.
func (p *product) everybody(ctx context.Context) (crowd, error) {
	d, all, next := desk{p.address, p.token}, crowd{}, ""
	for {
		var page struct {
			Contacts []struct{ ID string }
			Next     string
		}
		if _, err := d.send(ctx, http.MethodGet, p.contacts()+"?limit=200&cursor="+next, 0, nil, &page); err != nil {
			return nil, err
		}
		for _, one := range page.Contacts {
			var full map[string]any
			if _, err := d.send(ctx, http.MethodGet, p.contacts()+"/"+one.ID, 0, nil, &full); err != nil {
				return nil, err
			}
			delete(full, "position") // that of the last event moves on
			all[one.ID] = full
		}
		if next = page.Next; next == "" {
			return all, nil
		}
	}
}

// pairs are those who are one: the original and each of its duplicates.
func (c crowd) pairs() (pairs [][2]string) {
	originals := map[string]string{}
	of := func(full map[string]any) (number string, original bool) {
		fields, _ := full["fields"].(map[string]any)
		parts := strings.Split(fmt.Sprint(fields["external_id"]), "-")
		return strings.Join(parts[:min(2, len(parts))], "-"), slices.Contains(parts, "org")
	}
	for id, full := range c {
		if number, original := of(full); original {
			originals[number] = id
		}
	}
	for id, full := range c {
		if number, original := of(full); !original && originals[number] != "" {
			pairs = append(pairs, [2]string{originals[number], id})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[1], b[1]) })
	return pairs
}

// same compares everybody with who they were.
func (p *product) same(ctx context.Context, s *settings, before crowd, when string) error {
	if err := p.settled(ctx); err != nil {
		return err
	}
	after, err := p.everybody(ctx)
	if err != nil {
		return err
	}
	differ := 0
	for id, was := range before {
		a, _ := json.Marshal(was) // came as JSON
		b, _ := json.Marshal(after[id])
		if !bytes.Equal(a, b) {
			differ++
			fmt.Fprintf(s.err, "contact %s differs\n", id)
		}
	}
	if differ > 0 || len(after) != len(before) {
		return fmt.Errorf("%s, %d of %d contacts differ, and there are %d", when, differ, len(before), len(after))
	}
	fmt.Fprintf(s.out, "%s: %d contacts are what they were, in every field and with its source\n", when, len(after))
	return nil
}
