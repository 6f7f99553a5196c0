package eventnode

import (
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// largestMessage is what one message of a client can hold.
const largestMessage = 16<<20 - 10_000

// newServer is the gRPC server of a node. Clients ping it every ten seconds, called or
// not, which gRPC takes for abuse unless told otherwise.
func newServer(n *Node) *grpc.Server {
	s := grpc.NewServer(
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(largestMessage),
		grpc.WriteBufferSize(64<<10),
		grpc.WaitForHandlers(true),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: 5 * time.Second, PermitWithoutStream: true,
		}),
	)
	streams.RegisterStreamsServer(s, &streamsServer{Node: n})
	gossip.RegisterGossipServer(s, gossipServer{})
	serverfeatures.RegisterServerFeaturesServer(s, featuresServer{})
	return s
}
