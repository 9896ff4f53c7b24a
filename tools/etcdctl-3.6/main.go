// The etcdctl that the tests run against `sim serve`, as anybody's etcdctl would. Its module carries replace
// directives, which `go install pkg@version` refuses; as a dependency of this module it builds, and go.sum pins it.
package main

import "go.etcd.io/etcd/etcdctl/v3/ctlv3"

func main() { ctlv3.MustStart() }
