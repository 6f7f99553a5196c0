package projections

import (
	"context"
	"errors"
	"testing"

	"skein/domain"
)

// Who is refused for another reason leaves the place to the next, and what is not
// known to have failed takes one.
func TestAdmit(t *testing.T) {
	t.Parallel()
	refused := domain.Refuse(domain.Invalid, "no", "No.")
	unknown := errors.New("the line went dead")
	var all []*arrival
	for _, becomes := range []error{refused, refused, unknown, refused, nil, nil, refused} {
		all = append(all, &arrival{5, func(context.Context) error { return becomes }, make(chan error, 1)})
	}
	left := admit(t.Context(), 3, all) // two places
	if len(left) != 2 || left[0] != all[5] || left[1] != all[6] {
		t.Fatalf("%d are left", len(left))
	}
	for i, want := range []error{refused, refused, unknown, refused, nil} {
		if got := <-all[i].done; !errors.Is(got, want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
}
