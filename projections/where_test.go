package projections

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
)

// lab has a custom field of each type that is compared in its own way.
var lab = space.Space{
	Name: "Lab", Created: time.Unix(1, 0), Unique: space.DefaultUnique,
	Fields: []space.Field{
		{Key: "note", Type: space.Text},
		{Key: "score", Type: space.Number},
		{Key: "born", Type: space.Date},
		{Key: "met", Type: space.Time},
		{Key: "paid", Type: space.Checkbox},
		{Key: "size", Type: space.List, Options: []string{"small", "large"}},
		{Key: "likes", Type: space.MultiList, Options: []string{"tea", "a b", "ß"}},
	},
}

var (
	words   = []string{"a", "A", "ab", "%", "_", `\`, "b@x", "'; --", "Straße", "STRASSE", "İi", "  a  ", "é", "e\u0301", "$1", "ſ", "\u00a0a"}
	numbers = []string{"0", "-0", "7.50", "7.5", "-12", "00012.5", "99999999999999999999", "0.1", "0.10"}
	dates   = []string{"2024-02-29", "2025-01-01", "0001-01-01", "9999-12-31"}
	times   = []string{"2025-01-01T00:00:00Z", "2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00.000001Z", "2030-06-01T12:00:00.5Z"}
	values  = map[space.Type][]string{
		space.Text: words, space.Number: numbers, space.Date: dates, space.Time: times, space.Checkbox: {"true", "false"},
		space.List: {"small", "large"}, space.MultiList: {"tea", "tea\na b", "a b\nß"},
	}
)

func drawContact(t *rapid.T) contact.Contact {
	c := contact.Contact{Created: drawTime(t), Values: map[contact.Slot]contact.Value{}}
	if rapid.Bool().Draw(t, "interacted") {
		c.LastInteraction = drawTime(t)
	}
	fields := append([]space.Field{{Key: "first_name", Type: space.Text}, {Key: "last_name", Type: space.Text}, {Key: "country", Type: space.Text}}, lab.Fields...)
	for _, f := range fields {
		if rapid.Bool().Draw(t, "has") {
			text, err := f.Type.Canonical(rapid.SampledFrom(values[f.Type]).Draw(t, f.Key), f.Options)
			if err != nil {
				t.Fatal(err)
			}
			c.Values[contact.Slot(f.Key)] = contact.Value{Text: text}
		}
	}
	for _, tag := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "Ä", "vip", "%"}), 0, 3).Draw(t, "tags") {
		c.Values[contact.TagSlot(tag)] = contact.Value{Text: "on"}
	}
	return c
}

func drawTime(t *rapid.T) time.Time {
	at, err := time.Parse(time.RFC3339Nano, rapid.SampledFrom(times).Draw(t, "at"))
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func drawFilter(t *rapid.T, depth int) inbox.Filter {
	switch k := rapid.IntRange(0, 4).Draw(t, "part"); {
	case depth == 0 || k <= 1:
		return inbox.Filter{Test: drawTest(t)}
	case k == 2:
		f := drawFilter(t, depth-1)
		return inbox.Filter{Not: &f}
	case k == 3:
		return inbox.Filter{Any: drawParts(t, depth, 1)}
	default:
		return inbox.Filter{All: drawParts(t, depth, 0)}
	}
}

func drawParts(t *rapid.T, depth, least int) []inbox.Filter {
	parts := make([]inbox.Filter, rapid.IntRange(least, 3).Draw(t, "parts"))
	for i := range parts {
		parts[i] = drawFilter(t, depth-1)
	}
	return parts
}

func drawTest(t *rapid.T) *inbox.Test {
	hows := []inbox.How{
		inbox.Is, inbox.IsNot, inbox.Contains, inbox.ContainsNot, inbox.StartsWith, inbox.Above,
		inbox.AtLeast, inbox.Below, inbox.AtMost, inbox.HasValue, inbox.HasNone,
	}
	of := []string{"name", "tag", "created", "last_interaction", "first_name", "country", "note", "score", "born", "met", "paid", "size", "likes"}
	for {
		test := inbox.Test{Of: rapid.SampledFrom(of).Draw(t, "of"), How: rapid.SampledFrom(hows).Draw(t, "how")}
		kind := test.Type(lab)
		test.Value = rapid.SampledFrom(values[kind]).Draw(t, "value")
		if (inbox.Filter{Test: &test}).Check(lab, "") == nil {
			return &test
		}
	}
}

// Whatever the filter and whatever the contacts, Postgres finds the contacts that
// the domain shows (D3-1, D3-4, D3-13).
func TestWhereMeansShows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		checks++
		in := space.ID(fmt.Sprint("lab", checks))
		all := rapid.SliceOfN(rapid.Custom(drawContact), 1, 12).Draw(t, "contacts")
		r := room{touched: map[contact.ID]domain.Position{}}
		for i, c := range all {
			r.family.Put(contact.ID(fmt.Sprint(i)), c)
			r.touch([]contact.ID{contact.ID(fmt.Sprint(i))}, 1)
		}
		if err := pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
			return writeContacts(ctx, tx, map[space.ID]*room{in: &r})
		}); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			f := drawFilter(t, 4)
			if err := f.Check(lab, ""); err != nil {
				t.Fatal(err)
			}
			args := []any{in}
			sql := where(lab, f, &args)
			rows, err := db.Query(ctx, `SELECT id FROM contacts WHERE space = $1 AND `+sql, args...)
			if err != nil {
				t.Fatal(err)
			}
			ids, err := pgx.CollectRows(rows, pgx.RowTo[contact.ID])
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			found := map[contact.ID]bool{}
			for _, id := range ids {
				found[id] = true
			}
			for i, c := range all {
				id := contact.ID(fmt.Sprint(i))
				if shows := f.Shows(lab, c); shows != found[id] {
					said, _ := json.Marshal(f)
					t.Fatalf("%s\n%s\non %+v: domain %v, postgres %v", said, sql, c, shows, found[id])
				}
			}
		}
	})
}

// What a user typed is never a part of a statement.
func TestWhereSaysOnlyArguments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var args []any
		sql := where(lab, drawFilter(t, 5), &args)
		for _, word := range []string{"--", "b@x", "Stra", "tea", "vip", "2024", "score", "note", "country"} {
			if strings.Contains(sql, word) {
				t.Fatalf("%q is said in %s", word, sql)
			}
		}
	})
}
