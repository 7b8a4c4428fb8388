using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ServiceBus.Tests.Support;

/// <summary>Runs `azure-local-cloud broker` as a separate process with a temporary data folder.</summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("service-bus-").FullName;
    private Process? process;

    public string ConnectionString { get; private set; } = "";

    /// <summary>Chosen at the first start and kept by later ones, so that clients find the broker again.</summary>
    public int Port { get; } = FindFreePort();

    public async Task StartAsync(string entities)
    {
        var config = Path.Combine(folder, "entities.json");
        await File.WriteAllTextAsync(config, entities);
        await RestartAsync();
    }

    /// <summary>Starts the broker on the same port and with the same data.</summary>
    public async Task RestartAsync()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
        string[] arguments =
        [
            FindProgram(), "broker",
            "--config", Path.Combine(folder, "entities.json"),
            "--port", Port.ToString(),
            "--data", folder,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        process = Process.Start(start) ?? throw new InvalidOperationException("Node.js did not start.");
        ConnectionString = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The broker did not start. Its error is above.");
    }

    /// <summary>Sends SIGKILL, like a crash.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Stops the execution of the broker until the returned action is called, as on a suspended machine.</summary>
    public async Task<Func<Task>> PauseAsync()
    {
        await SignalAsync("STOP");
        return () => SignalAsync("CONT");
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process?.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindProgram()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var program = Path.Combine(at.FullName, "local-cloud", "dist", "cli", "main.js");
            if (File.Exists(program))
                return program;
        }
        throw new FileNotFoundException("The local cloud is not compiled. Run `npm run build`.");
    }
}
