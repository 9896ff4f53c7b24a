// Kubernetes' API server and controller manager in one program; the first argument chooses. They share nearly all
// of their code, so one program is half as large as two. Kubernetes' module names its own parts as v0.0.0, which
// `go install pkg@version` cannot resolve; go.mod replaces each part by its release.
package main

import (
	"fmt"
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) > 1 {
		arguments := os.Args[2:]
		switch os.Args[1] {
		case "apiserver":
			command := apiserver.NewAPIServerCommand()
			command.SetArgs(arguments)
			os.Exit(cli.Run(command))
		case "controller-manager":
			command := controllermanager.NewControllerManagerCommand()
			command.SetArgs(arguments)
			os.Exit(cli.Run(command))
		}
	}
	fmt.Fprintln(os.Stderr, "usage: kubernetes apiserver|controller-manager FLAGS")
	os.Exit(64)
}
