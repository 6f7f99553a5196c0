package eventnode

import (
	"regexp"
	"slices"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// defaultWindow is the search window of a filter that names none.
const defaultWindow = 32

// filter says which events of $all somebody wants.
type filter struct {
	subject  func(e event) string
	prefixes []string
	regex    *regexp.Regexp
	interval uint64 // a checkpoint is due after so many events, 0 is never
}

func parseFilter(o *streams.ReadReq_Options) (filter, error) {
	asked := o.GetFilter()
	if asked == nil {
		return filter{}, nil
	}
	if o.GetAll() == nil {
		return filter{}, status.Error(codes.InvalidArgument, "only $all can be filtered")
	}
	var f filter
	var by *streams.ReadReq_Options_FilterOptions_Expression
	switch how := asked.GetFilter().(type) {
	case *streams.ReadReq_Options_FilterOptions_EventType:
		by, f.subject = how.EventType, func(e event) string { return e.Type }
	case *streams.ReadReq_Options_FilterOptions_StreamIdentifier:
		by, f.subject = how.StreamIdentifier, func(e event) string { return e.Stream }
	default:
		return filter{}, status.Error(codes.InvalidArgument, "a filter is by event type or by stream")
	}
	f.prefixes = by.GetPrefix()
	if len(f.prefixes) == 0 {
		var err error
		if f.regex, err = compileRegex(by.GetRegex()); err != nil {
			return filter{}, status.Errorf(codes.InvalidArgument, "the filter: %v", err)
		}
	}
	if asked.GetCheckpointIntervalMultiplier() == 0 {
		return filter{}, status.Error(codes.InvalidArgument, "the checkpoint interval multiplier must be positive")
	}
	window := uint64(defaultWindow)
	if max, ok := asked.GetWindow().(*streams.ReadReq_Options_FilterOptions_Max); ok {
		window = uint64(max.Max)
	}
	if window == 0 {
		return filter{}, status.Error(codes.InvalidArgument, "the search window must be positive")
	}
	f.interval = window * uint64(asked.GetCheckpointIntervalMultiplier())
	return f, nil
}

func (f filter) wants(e event) bool {
	if f.subject == nil {
		return true
	}
	s := f.subject(e)
	if f.regex != nil {
		return f.regex.MatchString(s)
	}
	return slices.ContainsFunc(f.prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}
