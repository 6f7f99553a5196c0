package eventnode

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A regex that would keep the node busy for long at every event is refused; what people
// write is not.
func TestACostlyRegexIsRefused(t *testing.T) {
	t.Parallel()
	for regex, want := range map[string]codes.Code{
		`^[^\$].*`:                         codes.OK,
		`^(contact|space)-[0-9a-f.]{1,80}`: codes.OK,
		strings.Repeat("a|", 1000) + "b":   codes.OK,
		`(`:                                codes.InvalidArgument,
		`x{1001}`:                          codes.InvalidArgument,
		strings.Repeat("(.?){1000}", 100):  codes.InvalidArgument,
		strings.Repeat("x", regexBytes+1):  codes.InvalidArgument,
	} {
		_, err := parseFilter(&streams.ReadReq_Options{
			StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{}},
			FilterOption: &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{
				CheckpointIntervalMultiplier: 1,
				Filter: &streams.ReadReq_Options_FilterOptions_EventType{
					EventType: &streams.ReadReq_Options_FilterOptions_Expression{Regex: regex},
				},
			}},
		})
		if status.Code(err) != want {
			t.Errorf("%.30s: %v", regex, err)
		}
	}
}
