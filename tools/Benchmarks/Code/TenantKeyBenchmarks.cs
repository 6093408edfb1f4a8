using BenchmarkDotNet.Attributes;
using ControlPlane.Tenants;

namespace Benchmarks.Code;

/// <summary>Measures the parsing of a key and the derivation of all names in the outside systems.</summary>
[MemoryDiagnoser]
public class TenantKeyBenchmarks
{
    [Benchmark]
    public TenantKey Parse() => TenantKey.Parse("newcompany");

    [Benchmark]
    public TenantResources Derive() => TenantResources.For(TenantKey.FromStorage("newcompany"), "");
}
