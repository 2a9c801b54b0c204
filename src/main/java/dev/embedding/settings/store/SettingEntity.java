package dev.embedding.settings.store;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/** A row of {@code service_settings}, which several services share. */
@Entity
@Table(name = "service_settings")
@IdClass(SettingEntity.Key.class)
@SuppressWarnings("NullAway.Init") // filled by Hibernate
public class SettingEntity extends PanacheEntityBase {

    @Id
    @Column(length = 64)
    public String service;

    @Id
    @Column(name = "`key`", length = 128)
    @ColumnTransformer(read = "CAST(`key` AS CHAR)")
    public String name;

    /** Read as text, as an operator's table may have a binary column. */
    @Column(length = 2048)
    @ColumnTransformer(read = "CAST(value AS CHAR)")
    @Nullable
    public String value;

    /** The primary key. */
    public record Key(String service, String name) implements Serializable {}
}
