using BenchmarkDotNet.Attributes;
using ControlPlane.Tenants;

namespace Benchmarks.Code;

/// <summary>Text to key, and key to every name in an outside system.</summary>
[MemoryDiagnoser]
public class TenantKeyBenchmarks
{
    [Benchmark]
    public TenantKey Parse() => TenantKey.Parse("newcompany");

    [Benchmark]
    public TenantResources Derive() => TenantResources.For(TenantKey.FromStorage("newcompany"));
}
