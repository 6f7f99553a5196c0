package eventnode_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"skein/adapters/eventnode"
)

// Other clients than ours read all of an error's trailers.
func TestErrorsSayWhatTheyAreInTheirTrailers(t *testing.T) {
	n := start(t, eventnode.Config{MaxAppendSize: 100})
	c := dial(t, n)
	appended(t, c, "ada", 0, 2)
	appended(t, c, "übel", 0, 1)
	for _, stream := range []string{"grace", "übel"} {
		_, err := c.TombstoneStream(t.Context(), stream, esdb.TombstoneStreamOptions{})
		require.NoError(t, err)
	}
	conn, err := grpc.NewClient(n.Target(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	raw := streams.NewStreamsClient(conn)

	id := func(stream string) *shared.StreamIdentifier {
		return &shared.StreamIdentifier{StreamName: []byte(stream)}
	}
	deletes := func(stream string) func(...grpc.CallOption) error {
		return func(opts ...grpc.CallOption) error {
			_, err := raw.Delete(t.Context(), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
				StreamIdentifier:       id(stream),
				ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 7},
			}}, opts...)
			return err
		}
	}
	appends := func(about map[string]string, data string) func(...grpc.CallOption) error {
		return func(opts ...grpc.CallOption) error {
			call, err := raw.Append(t.Context(), opts...)
			require.NoError(t, err)
			require.NoError(t, call.Send(&streams.AppendReq{Content: &streams.AppendReq_Options_{Options: &streams.AppendReq_Options{
				StreamIdentifier:       id("ada"),
				ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: &shared.Empty{}},
			}}}))
			require.NoError(t, call.Send(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: &streams.AppendReq_ProposedMessage{
				Id:       &shared.UUID{Value: &shared.UUID_String_{String_: "84c8e36c-4e64-11ea-8b59-b7f658acfc9f"}},
				Metadata: about, Data: []byte(data),
			}}}))
			_, err = call.CloseAndRecv()
			return err
		}
	}
	for name, test := range map[string]struct {
		call func(...grpc.CallOption) error
		code codes.Code
		want metadata.MD
	}{
		"wrong version": {deletes("ada"), codes.FailedPrecondition, metadata.Pairs("exception", "wrong-expected-version",
			"stream-name", "ada", "expected-version", "7", "actual-version", "1")},
		"tombstoned":              {deletes("grace"), codes.FailedPrecondition, metadata.Pairs("exception", "stream-deleted", "stream-name", "grace")},
		"tombstoned, no ASCII":    {deletes("übel"), codes.FailedPrecondition, metadata.Pairs("exception", "stream-deleted", "stream-name", "%C3%BCbel")},
		"metadata of a stream":    {deletes("$$ada"), codes.PermissionDenied, metadata.Pairs("exception", "access-denied")},
		"everything":              {deletes("$all"), codes.PermissionDenied, metadata.Pairs("exception", "access-denied")},
		"an event without type":   {appends(map[string]string{"content-type": "application/json"}, "{}"), codes.InvalidArgument, metadata.Pairs("exception", "missing-required-metadata-property", "required-metadata-properties", "type,content-type")},
		"an event without a kind": {appends(map[string]string{"type": "said"}, "{}"), codes.InvalidArgument, metadata.Pairs("exception", "missing-required-metadata-property", "required-metadata-properties", "type,content-type")},
		"too large": {
			appends(map[string]string{"type": "said", "content-type": "application/json"}, string(make([]byte, 101))), codes.InvalidArgument,
			metadata.Pairs("exception", "maximum-append-size-exceeded", "maximum-append-size", "100"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got metadata.MD
			require.Equal(t, test.code, status.Code(test.call(grpc.Trailer(&got))))
			got.Delete("content-type")
			require.Equal(t, test.want, got)
		})
	}
}
