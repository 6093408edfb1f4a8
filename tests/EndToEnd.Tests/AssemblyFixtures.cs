using System.Runtime.Versioning;
using EndToEnd.Tests.Support;

// One instance for all, started once; the tests take turns on it.
[assembly: AssemblyFixture(typeof(RunningInstance))]
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

// ./dev is a script of Linux.
[assembly: UnsupportedOSPlatform("windows")]
