package projections

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/space"
)

// Suggestion is two contacts that may be one.
type Suggestion struct {
	A     Suggested            `json:"a"`
	B     Suggested            `json:"b"`
	Score float64              `json:"score" doc:"How alike they are: each point doubles the odds that the two are one"`
	Grade likeness.Grade       `json:"grade" doc:"likely from 20 points on, possible from 12"`
	Why   []likeness.Agreement `json:"why" doc:"In what they agree, the weightiest first: the same, alike but for a slip, or first and last name swapped"`
}

// Suggested is one of the two.
type Suggested struct {
	ID   contact.ID `json:"id"`
	Name string     `json:"name"`
}

// ListSuggestions lists which contacts of a space may be one, the most alike first. It
// returns the cursor of the next page, empty on the last one.
func ListSuggestions(ctx context.Context, db DB, in space.ID, cursor string, limit int) ([]Suggestion, string, error) {
	return suggestions(ctx, db, in, "s.id < s.other", nil, []string{"suggestions", string(in)}, cursor, limit)
}

// SuggestionsOf lists which contacts may be one with a contact, the most alike first.
// The contact itself is always A.
func SuggestionsOf(ctx context.Context, db DB, in space.ID, id contact.ID, cursor string, limit int) ([]Suggestion, string, error) {
	return suggestions(ctx, db, in, "s.id = $6", []any{id}, []string{"suggestions", string(in), string(id)}, cursor, limit)
}

func suggestions(ctx context.Context, db DB, in space.ID, which string, more []any, of []string, cursor string, limit int) ([]Suggestion, string, error) {
	after, err := openCursor(cursor, of...)
	if err != nil {
		return nil, "", err
	}
	score, id, other := int64(1<<31-1), "", ""
	if cursor != "" {
		var whole bool
		if score, err = strconv.ParseInt(after.Key, 10, 32); err != nil {
			return nil, "", errCursor.Where("/cursor")
		}
		if id, other, whole = strings.Cut(after.ID, " "); !whole {
			return nil, "", errCursor.Where("/cursor")
		}
	}
	rows, err := db.Query(ctx, `
		SELECT s.id, a.name, s.other, b.name, s.score, s.why FROM suggestions s
		JOIN suggestion_people a ON a.space = s.space AND a.id = s.id
		JOIN suggestion_people b ON b.space = s.space AND b.id = s.other
		WHERE s.space = $1 AND s.score <= $2 AND (s.score < $2 OR (s.id, s.other) > ($3, $4)) AND `+which+`
		ORDER BY s.score DESC, s.id, s.other LIMIT $5`, append([]any{in, score, id, other, limit + 1}, more...)...)
	if err != nil {
		return nil, "", err
	}
	last := cursorAt{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Suggestion, err error) {
		var points int
		var why string
		if err := row.Scan(&s.A.ID, &s.A.Name, &s.B.ID, &s.B.Name, &points, &why); err != nil {
			return s, err
		}
		s.Score, s.Grade = float64(points)/10, likeness.Likeness{Score: points}.Grade()
		return s, json.Unmarshal([]byte(why), &s.Why)
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	end := list[limit-1]
	last.Key, last.ID = strconv.FormatFloat(10*end.Score, 'f', 0, 64), string(end.A.ID)+" "+string(end.B.ID)
	return list[:limit], last.seal(of...), nil
}
