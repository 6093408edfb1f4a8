using System.Runtime.Versioning;
using EndToEnd.Tests.Support;

// All tests share one instance and run one after the other.
[assembly: AssemblyFixture(typeof(InstanceFixture))]
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

// ./dev runs on Linux only.
[assembly: UnsupportedOSPlatform("windows")]
