package eventnode

import (
	"testing"

	"github.com/google/uuid"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	a, b, c, other := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	ids := func(ids ...uuid.UUID) []uuid.UUID { return ids }

	never := past{last: -1}
	onlyDescribed := past{last: -1, described: true}
	abc := past{last: 2}
	softDeleted := past{last: 2, softDeleted: true, described: true}
	tombstoned := past{last: 2, tombstoned: true}

	for name, test := range map[string]struct {
		past     past
		expected int64
		ids      []uuid.UUID
		verdict  verdict
		last     int64
	}{
		"any, never written":                       {never, anyRevision, ids(other), write, -1},
		"none, never written":                      {never, noStream, ids(other), write, -1},
		"exists, never written":                    {never, streamExists, ids(other), wrongVersion, -1},
		"exact, never written":                     {never, 0, ids(other), wrongVersion, -1},
		"empty, never written":                     {never, noStream, nil, write, -1},
		"exists, only described":                   {onlyDescribed, streamExists, ids(other), write, -1},
		"any, tombstoned":                          {tombstoned, anyRevision, ids(a), deleted, 2},
		"exact, tombstoned":                        {tombstoned, 2, ids(other), deleted, 2},
		"exact":                                    {abc, 2, ids(other), write, 2},
		"exact, known id at the end":               {abc, 2, ids(a), write, 2},
		"exact, ahead":                             {abc, 3, ids(other), wrongVersion, 2},
		"exact, behind, repeated":                  {abc, 0, ids(b, c), already, 2},
		"exact, behind, begun again":               {abc, 0, ids(b), already, 1},
		"exact, behind, other":                     {abc, 0, ids(other), wrongVersion, 2},
		"exact, behind, then other":                {abc, 0, ids(b, other), wrongVersion, 2},
		"exact, behind, repeated past the end":     {abc, 0, ids(b, c, other), wrongVersion, 2},
		"exact, behind, empty":                     {abc, 0, nil, wrongVersion, 2},
		"none, repeated":                           {abc, noStream, ids(a, b, c), already, 2},
		"none, other":                              {abc, noStream, ids(other), wrongVersion, 2},
		"any, other":                               {abc, anyRevision, ids(other), write, 2},
		"any, empty":                               {abc, anyRevision, nil, write, 2},
		"any, repeated":                            {abc, anyRevision, ids(b, c), already, 2},
		"any, repeated in another order":           {abc, anyRevision, ids(c, a), already, 0},
		"any, first other, then known":             {abc, anyRevision, ids(other, a), write, 2},
		"any, first known, then other":             {abc, anyRevision, ids(a, other), wrongVersion, 2},
		"exists":                                   {abc, streamExists, ids(other), write, 2},
		"exists, soft-deleted":                     {softDeleted, streamExists, ids(other), deleted, 2},
		"any, soft-deleted":                        {softDeleted, anyRevision, ids(other), write, 2},
		"any, soft-deleted, repeated":              {softDeleted, anyRevision, ids(a), already, 0},
		"none, soft-deleted":                       {softDeleted, noStream, ids(other), write, 2},
		"none, soft-deleted, repeated":             {softDeleted, noStream, ids(a), already, 0},
		"none, soft-deleted, repeated, then other": {softDeleted, noStream, ids(a, other), wrongVersion, 2},
		"exact, soft-deleted":                      {softDeleted, 2, ids(other), write, 2},
		"exact, soft-deleted, behind":              {softDeleted, 1, ids(other), wrongVersion, 2},
	} {
		t.Run(name, func(t *testing.T) {
			there := []uuid.UUID{a, b, c}[:test.past.last+1]
			test.past.at = func(revision int64) (uuid.UUID, bool) {
				if revision > test.past.last {
					return uuid.Nil, false
				}
				return there[revision], true
			}
			test.past.lately = func(id uuid.UUID) (int64, bool) {
				for i, known := range there {
					if known == id {
						return int64(i), true
					}
				}
				return 0, false
			}
			verdict, last := decide(test.past, test.expected, test.ids)
			if verdict != test.verdict || last != test.last {
				t.Fatalf("got %v at %d, want %v at %d", verdict, last, test.verdict, test.last)
			}
		})
	}
}
