using Testing;

[assembly: AssemblyFixture(typeof(SandboxFixture))]
