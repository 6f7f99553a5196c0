package eventnode

import (
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// largestMessage is what one message of a client can hold.
const largestMessage = 16<<20 - 10_000

// streamWorkers is how many calls find a goroutine that has its stack already. Appends
// are short calls with a deep stack; others beside them get goroutines of their own.
const streamWorkers = 64

// newServer is the gRPC server of a node. Clients ping it every ten seconds, called or
// not, which gRPC takes for abuse unless told otherwise.
func newServer(n *Node, cfg Config) *grpc.Server {
	options := []grpc.ServerOption{
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(largestMessage),
		grpc.WriteBufferSize(64 << 10),
		grpc.WaitForHandlers(true),
		grpc.ConnectionTimeout(longestHandshake),
		grpc.NumStreamWorkers(streamWorkers),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: 5 * time.Second, PermitWithoutStream: true,
		}),
	}
	if cfg.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(cfg.TLS)))
	}
	if !cfg.Users.everybody() {
		options = append(options, grpc.UnaryInterceptor(n.admitCall), grpc.StreamInterceptor(n.admitStream))
	}
	s := grpc.NewServer(options...)
	streams.RegisterStreamsServer(s, &streamsServer{Node: n})
	gossip.RegisterGossipServer(s, gossipServer{})
	serverfeatures.RegisterServerFeaturesServer(s, featuresServer{})
	return s
}
