package eventstore_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"skein/commands"
	"skein/domain"
)

func refuses(code codes.Code) mood {
	return func(*moody, proposed) (*streams.AppendResp, error) { return nil, status.Error(code, "not today") }
}

func says(answer *streams.AppendResp) mood {
	return func(*moody, proposed) (*streams.AppendResp, error) { return answer, nil }
}

var (
	accepts = says(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
		PositionOption: &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{CommitPosition: 42}},
	}}})
	nowhere = says(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
		PositionOption: &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}},
	}}})
	movedOn = says(&streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: &streams.AppendResp_WrongExpectedVersion{}}})
)

// keeps records the events and forgets to say so.
func keeps(m *moody, events proposed) (*streams.AppendResp, error) {
	m.keep(events)
	return nil, status.Error(codes.Aborted, "Operation timed out")
}

// keepsOthers records something else.
func keepsOthers(m *moody, events proposed) (*streams.AppendResp, error) {
	m.keep(events)
	m.kept[1].GetEvent().Event.Id = &shared.UUID{}
	return nil, status.Error(codes.Aborted, "Operation timed out")
}

// An append whose outcome is not known is sent again, the same down to its ids, and
// what the store says then is only believed after a look.
func TestAmbiguity(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		moods []mood
		at    domain.Position
		err   error
	}{
		"TriedAgain":     {moods: []mood{refuses(codes.Unavailable), refuses(codes.Aborted), refuses(codes.DeadlineExceeded), accepts}, at: 42},
		"OursAfterAll":   {moods: []mood{keeps, movedOn}, at: 101},
		"OthersCame":     {moods: []mood{keepsOthers, movedOn}, err: commands.ErrMovedOn},
		"NeverRecorded":  {moods: []mood{refuses(codes.Aborted), movedOn}, err: commands.ErrMovedOn},
		"MovedOnAtOnce":  {moods: []mood{movedOn}, err: commands.ErrMovedOn},
		"NoPositionTold": {moods: []mood{keeps, nowhere}, at: 101},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, target := inMoods(t, test.moods...)
			at, err := open(t, target).Append(t.Context(), "contact-lab.ada", 0, by, named("Ada"), named("Countess"))
			if at != test.at || !errors.Is(err, test.err) {
				t.Errorf("got %d, %v; want %d, %v", at, err, test.at, test.err)
			}
			first := <-m.sent
			for range len(test.moods) - 1 {
				again := <-m.sent
				if !slices.EqualFunc(again, first, func(a, b *streams.AppendReq_ProposedMessage) bool { return a.Id.String() == b.Id.String() }) {
					t.Error("sent again with other ids")
				}
			}
		})
	}
}

// What will not change is reported at once.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []codes.Code{codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument} {
		_, target := inMoods(t, refuses(code))
		_, err := open(t, target).Append(t.Context(), "contact-lab.ada", 0, by, named("Ada"))
		if e := (*esdb.Error)(nil); !errors.As(err, &e) || status.Code(e.Err()) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

// A store that does not listen to the end is asked a few times, and no more.
func TestCutOff(t *testing.T) {
	t.Parallel()
	_, target := inMoods(t, nil, nil, nil)
	_, err := open(t, target).Append(t.Context(), "contact-lab.ada", 0, by, named(strings.Repeat("a", 1<<19)), named(strings.Repeat("b", 1<<18)))
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
