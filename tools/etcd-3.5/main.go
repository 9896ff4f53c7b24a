// The etcd 3.5 that `sim conformance --etcd-version 3.5` runs. etcd's server module carries replace directives, which
// `go install pkg@version` refuses; as a dependency of this module it builds, and go.sum pins every line of it.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
